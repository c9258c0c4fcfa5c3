"""The publications of nebraska, by id."""

from .publications import ne_ssa_r18
from .publications import ne_ssa
from .state import STATE

world = STATE.world

PUBLICATIONS = {
    "NE-SSA-R18": ne_ssa_r18,
    "NE-SSA": ne_ssa,
}
