"""The extracts of colorado, by id."""

from .extracts import co_ssa
from .state import STATE

world = STATE.world

EXTRACTS = {
    "CO-SSA": co_ssa,
}
