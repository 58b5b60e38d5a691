"""PowerPoint: a page is a slide, with its title first, then the other shapes in their order, then the speaker's notes."""

from collections.abc import Iterator
from typing import BinaryIO

from pptx import Presentation
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide

from laurels.products.study.extraction.cleaning import clean_text
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.readers.office import open_package
from laurels.products.study.extraction.reading import Reading, sensible_title


def read(file: BinaryIO, limits: Limits) -> Reading:
    """Open a PowerPoint file. A slide with nothing but pictures has the empty text.

    Raises:
        FileTooLargeInside, FileBroken: as `open_package`.
    """
    presentation = open_package(Presentation, file, limits)
    slides = presentation.slides
    return Reading(sensible_title(presentation.core_properties.title), len(slides), map(_text_of, slides))


def _text_of(slide: Slide) -> str:
    title = slide.shapes.title
    blocks = [] if title is None else [title.text_frame.text]
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            blocks += _blocks(shape)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        blocks.append(notes.text)
    return clean_text("\n\n".join(block for block in blocks if block.strip()), keeps_indents=True)


def _blocks(shape: BaseShape) -> Iterator[str]:
    if isinstance(shape, GroupShape):
        for inner in shape.shapes:
            yield from _blocks(inner)
    elif isinstance(shape, GraphicFrame) and shape.has_table:
        yield "\n".join(" | ".join(" ".join(cell.text_frame.text.split()) for cell in row.cells) for row in shape.table.rows)
    elif shape.has_text_frame:
        yield shape.text_frame.text  # type: ignore[attr-defined]  # every shape that says it has one
