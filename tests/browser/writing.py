"""What a person does in the editor, in words."""

from playwright.sync_api import Locator, Page, expect


def open_draft(page: Page, slug: str = "exercice") -> Locator:
    """The text, once it has been received from the server."""
    page.goto(f"/programmes/{slug}/redaction")
    text = page.get_by_role("textbox", name="Texte du programme")
    expect(text).to_contain_text("EXO-01" if slug == "exercice" else "DCANT-01")
    expect(page.get_by_text("Enregistré", exact=True).or_(page.get_by_text("Lecture seule")).first).to_be_visible()
    return text


def section(page: Page, code: str, kind: str) -> Locator:
    """A section of a sheet. kind: problem, objectives, effects, deliverables, milestones."""
    return page.locator(f"#texte-{code} [data-place='section:{kind}']")


def write_at_the_end(page: Page, place: Locator, words: str) -> None:
    """Click into the last paragraph of a place, go to its end and type."""
    paragraph = place.locator("p").last
    paragraph.click()
    # The End key stops at the end of the line on the screen; a paragraph may have several.
    paragraph.evaluate("paragraph => getSelection().setPosition(paragraph, paragraph.childNodes.length)")
    page.keyboard.type(words)


def expect_saved(page: Page) -> None:
    expect(page.get_by_text("Enregistré", exact=True)).to_be_visible()


def text_of(page: Page) -> str:
    """The words of the text as the person sees them, without the carets of the others."""
    return str(
        page.get_by_role("textbox", name="Texte du programme").evaluate(
            """editor => {
              const copy = editor.cloneNode(true)
              copy.querySelectorAll('[contenteditable=false], .ed-caret').forEach(node => node.remove())
              return copy.textContent.replace(/[\\u2060\\u200b\\ufeff]/g, '')
            }"""
        )
    )
