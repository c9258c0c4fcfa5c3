"""The publications of minnesota, by id."""

from .publications import mn_sped
from .state import STATE

world = STATE.world

PUBLICATIONS = {
    "MN-SPED": mn_sped,
}
