"""The rules of indiana, by id."""

from .graduation import gr_1
from .graduation import gr_10
from .graduation import gr_11
from .graduation import gr_12
from .graduation import gr_13
from .graduation import gr_14
from .graduation import gr_15
from .graduation import gr_16
from .graduation import gr_17
from .graduation import gr_19
from .graduation import gr_2
from .graduation import gr_20
from .graduation import gr_21
from .graduation import gr_22
from .graduation import gr_23
from .graduation import gr_24
from .graduation import gr_25
from .graduation import gr_26
from .graduation import gr_3
from .graduation import gr_4
from .graduation import gr_5
from .graduation import gr_6
from .graduation import gr_8
from .graduation import gr_9
from .homebound import hb_1
from .homebound import hb_2
from .membership import me_1
from .membership import me_10
from .membership import me_12
from .membership import me_16
from .membership import me_17
from .membership import me_18
from .membership import me_2
from .membership import me_21
from .membership import me_24
from .membership import me_25
from .membership import me_26
from .membership import me_27
from .membership import me_28
from .membership import me_3
from .membership import me_30
from .membership import me_31
from .membership import me_32
from .membership import me_35
from .membership import me_36
from .membership import me_37
from .membership import me_38
from .membership import me_39
from .membership import me_4
from .membership import me_40
from .membership import me_41
from .membership import me_42
from .membership import me_43
from .membership import me_44
from .membership import me_45
from .membership import me_46
from .membership import me_47
from .membership import me_5
from .membership import me_6
from .membership import me_7
from .membership import me_8
from .pupil_enrollment import pe_1
from .pupil_enrollment import pe_2
from .pupil_enrollment import pe_3
from .pupil_enrollment import pe_5
from .special_education import se_1
from .special_education import se_10
from .special_education import se_11
from .special_education import se_12
from .special_education import se_13
from .special_education import se_14
from .special_education import se_15
from .special_education import se_16
from .special_education import se_17
from .special_education import se_18
from .special_education import se_19
from .special_education import se_2
from .special_education import se_3
from .special_education import se_4
from .special_education import se_5
from .special_education import se_6
from .special_education import se_7
from .special_education import se_8
from .special_education import se_9
from .state import STATE

world = STATE.world

RULES = {
    "GR-1": gr_1,
    "GR-10": gr_10,
    "GR-11": gr_11,
    "GR-12": gr_12,
    "GR-13": gr_13,
    "GR-14": gr_14,
    "GR-15": gr_15,
    "GR-16": gr_16,
    "GR-17": gr_17,
    "GR-19": gr_19,
    "GR-2": gr_2,
    "GR-20": gr_20,
    "GR-21": gr_21,
    "GR-22": gr_22,
    "GR-23": gr_23,
    "GR-24": gr_24,
    "GR-25": gr_25,
    "GR-26": gr_26,
    "GR-3": gr_3,
    "GR-4": gr_4,
    "GR-5": gr_5,
    "GR-6": gr_6,
    "GR-8": gr_8,
    "GR-9": gr_9,
    "HB-1": hb_1,
    "HB-2": hb_2,
    "ME-1": me_1,
    "ME-10": me_10,
    "ME-12": me_12,
    "ME-16": me_16,
    "ME-17": me_17,
    "ME-18": me_18,
    "ME-2": me_2,
    "ME-21": me_21,
    "ME-24": me_24,
    "ME-25": me_25,
    "ME-26": me_26,
    "ME-27": me_27,
    "ME-28": me_28,
    "ME-3": me_3,
    "ME-30": me_30,
    "ME-31": me_31,
    "ME-32": me_32,
    "ME-35": me_35,
    "ME-36": me_36,
    "ME-37": me_37,
    "ME-38": me_38,
    "ME-39": me_39,
    "ME-4": me_4,
    "ME-40": me_40,
    "ME-41": me_41,
    "ME-42": me_42,
    "ME-43": me_43,
    "ME-44": me_44,
    "ME-45": me_45,
    "ME-46": me_46,
    "ME-47": me_47,
    "ME-5": me_5,
    "ME-6": me_6,
    "ME-7": me_7,
    "ME-8": me_8,
    "PE-1": pe_1,
    "PE-2": pe_2,
    "PE-3": pe_3,
    "PE-5": pe_5,
    "SE-1": se_1,
    "SE-10": se_10,
    "SE-11": se_11,
    "SE-12": se_12,
    "SE-13": se_13,
    "SE-14": se_14,
    "SE-15": se_15,
    "SE-16": se_16,
    "SE-17": se_17,
    "SE-18": se_18,
    "SE-19": se_19,
    "SE-2": se_2,
    "SE-3": se_3,
    "SE-4": se_4,
    "SE-5": se_5,
    "SE-6": se_6,
    "SE-7": se_7,
    "SE-8": se_8,
    "SE-9": se_9,
}
