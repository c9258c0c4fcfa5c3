"""The rules of indiana, by id."""

from .graduation import gr_20
from .homebound import hb_1
from .homebound import hb_2
from .membership import me_1
from .membership import me_12
from .membership import me_16
from .membership import me_18
from .membership import me_21
from .membership import me_3
from .membership import me_32
from .membership import me_35
from .membership import me_4
from .membership import me_45
from .membership import me_6
from .pupil_enrollment import pe_2
from .special_education import se_2
from .special_education import se_5
from .special_education import se_8
from .state import STATE

world = STATE.world

RULES = {
    "GR-20": gr_20,
    "HB-1": hb_1,
    "HB-2": hb_2,
    "ME-1": me_1,
    "ME-12": me_12,
    "ME-16": me_16,
    "ME-18": me_18,
    "ME-21": me_21,
    "ME-3": me_3,
    "ME-32": me_32,
    "ME-35": me_35,
    "ME-4": me_4,
    "ME-45": me_45,
    "ME-6": me_6,
    "PE-2": pe_2,
    "SE-2": se_2,
    "SE-5": se_5,
    "SE-8": se_8,
}
