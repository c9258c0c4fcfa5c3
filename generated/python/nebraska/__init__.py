"""The publications of nebraska, by id."""

from .publications import ne_ssa
from .state import STATE

world = STATE.world

PUBLICATIONS = {
    "NE-SSA": ne_ssa,
}
