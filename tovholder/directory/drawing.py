"""The contact triangle of a school: the posts around the child, drawn on the server. One cut that a phone can read."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from tovholder.directory.queries import SchoolPicture, Seat

WIDTH = 460
BOX_WIDTH, BOX_HEIGHT = 200, 84
LEFT, MIDDLE, RIGHT = 104, 230, 356
LETTERS = 20
# For each number of posts: how high the child stands, the height of all, and the places clockwise.
PLACES: dict[int, tuple[int, int, tuple[tuple[int, int], ...]]] = {
    1: (165, 210, ((MIDDLE, 46),)),
    2: (165, 210, ((LEFT, 46), (RIGHT, 46))),
    3: (165, 330, ((MIDDLE, 46), (RIGHT, 284), (LEFT, 284))),
    4: (165, 330, ((LEFT, 46), (RIGHT, 46), (RIGHT, 284), (LEFT, 284))),
    5: (240, 376, ((MIDDLE, 46), (RIGHT, 150), (RIGHT, 330), (LEFT, 330), (LEFT, 150))),
    6: (240, 480, ((MIDDLE, 46), (RIGHT, 150), (RIGHT, 330), (MIDDLE, 434), (LEFT, 330), (LEFT, 150))),
}


@dataclass(frozen=True)
class Line:
    y: int
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Corner:
    x: int
    y: int
    left: int
    top: int
    title: str
    name: str
    lines: list[Line]

    @property
    def vacant(self) -> bool:
        return not self.name


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    child_y: int
    corners: list[Corner]
    outline: str
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def triangle(picture: SchoolPicture, vacant: str) -> Drawing | None:
    """Return where each post stands; None without posts, or with more than the drawing can hold.

    `vacant` is the word for a post that nobody holds.
    """
    found = PLACES.get(len(picture.around_child))
    if found is None:
        return None
    child_y, height, places = found
    corners = [_corner(seat, place, vacant) for seat, place in zip(picture.around_child, places, strict=True)]
    outline = " ".join(f"{corner.x},{corner.y}" for corner in corners) if len(corners) > 2 else ""
    return Drawing(WIDTH, height, child_y, corners, outline)


def _corner(seat: Seat, place: tuple[int, int], vacant: str) -> Corner:
    x, y = place
    names = [post.person.name for post in seat.posts]
    name = f"{names[0]} +{len(names) - 1}" if len(names) > 1 else "".join(names)
    title = textwrap.wrap(seat.kind.name, LETTERS, max_lines=2, placeholder=" …") or [
        seat.kind.name[:LETTERS]
    ]
    first = y - 14 if len(title) == 2 else y - 6
    lines = [Line(first + 20 * number, text) for number, text in enumerate(title)]
    lines.append(Line(first + 20 * len(title) + 3, _short(name) or vacant, strong=True))
    left, top = x - BOX_WIDTH // 2, y - BOX_HEIGHT // 2
    return Corner(x, y, left, top, seat.kind.name, name, lines)


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else text[: LETTERS - 1].rstrip() + "…"
