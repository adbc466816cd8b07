"""The settings of a DOCX: Word 2013's layout rules, the languages, and nothing that asks the reader on opening."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from specflow.finish.docx_language import hyphenates, is_east_asian, language_tags
from specflow.finish.docx_math import FACE, math
from specflow.finish.wordml import parse, qn, w
from specflow.model import Language

_COMPATIBILITY = "http://schemas.microsoft.com/office/word"
# CT_Settings (ECMA-376 part 1, 17.15.1.78) is a sequence; these are all of its members up to the compatibility rules
# and those after them that are ours.
_ORDER = [
    "writeProtection",
    "view",
    "zoom",
    "removePersonalInformation",
    "removeDateAndTime",
    "doNotDisplayPageBoundaries",
    "displayBackgroundShape",
    "printPostScriptOverText",
    "printFractionalCharacterWidth",
    "printFormsData",
    "embedTrueTypeFonts",
    "embedSystemFonts",
    "saveSubsetFonts",
    "saveFormsData",
    "mirrorMargins",
    "alignBordersAndEdges",
    "bordersDoNotSurroundHeader",
    "bordersDoNotSurroundFooter",
    "gutterAtTop",
    "hideSpellingErrors",
    "hideGrammaticalErrors",
    "activeWritingStyle",
    "proofState",
    "formsDesign",
    "attachedTemplate",
    "linkStyles",
    "stylePaneFormatFilter",
    "stylePaneSortMethod",
    "documentType",
    "mailMerge",
    "revisionView",
    "trackRevisions",
    "doNotTrackMoves",
    "doNotTrackFormatting",
    "documentProtection",
    "autoFormatOverride",
    "styleLockTheme",
    "styleLockQFSet",
    "defaultTabStop",
    "autoHyphenation",
    "consecutiveHyphenLimit",
    "hyphenationZone",
    "doNotHyphenateCaps",
    "showEnvelope",
    "summaryLength",
    "clickAndTypeStyle",
    "defaultTableStyle",
    "evenAndOddHeaders",
    "bookFoldRevPrinting",
    "bookFoldPrinting",
    "bookFoldPrintingSheets",
    "drawingGridHorizontalSpacing",
    "drawingGridVerticalSpacing",
    "displayHorizontalDrawingGridEvery",
    "displayVerticalDrawingGridEvery",
    "doNotUseMarginsForDrawingGridOrigin",
    "drawingGridHorizontalOrigin",
    "drawingGridVerticalOrigin",
    "doNotShadeFormData",
    "noPunctuationKerning",
    "characterSpacingControl",
    "printTwoOnOne",
    "strictFirstAndLastChars",
    "noLineBreaksAfter",
    "noLineBreaksBefore",
    "savePreviewPicture",
    "doNotValidateAgainstSchema",
    "saveInvalidXml",
    "ignoreMixedContent",
    "alwaysShowPlaceholderText",
    "doNotDemarcateInvalidXml",
    "saveXmlDataOnly",
    "useXSLTWhenSaving",
    "saveThroughXslt",
    "showXMLTags",
    "alwaysMergeEmptyNamespace",
    "updateFields",
    "hdrShapeDefaults",
    "footnotePr",
    "endnotePr",
    "compat",
    "docVars",
    "rsids",
    "mathPr",
    "attachedSchema",
    "themeFontLang",
    "clrSchemeMapping",
    "doNotIncludeSubdocsInStats",
    "doNotAutoCompressPictures",
    "forceUpgrade",
    "captions",
    "readModeInkLockDown",
    "smartTagType",
    "schemaLibrary",
    "shapeDefaults",
    "doNotEmbedSmartTags",
    "decimalSymbol",
    "listSeparator",
]
_RANK = {name: rank for rank, name in enumerate(_ORDER)}
_ASKING = ("attachedTemplate", "linkStyles", "mailMerge", "updateFields", "saveThroughXslt")
"""What makes Word fetch something or put a question when it opens the file."""


def settings_part(
    language: Language, own: bytes | None = None, *, notes: bool = False, protected: bool = False
) -> etree._Element:
    """Return the settings for the language; those of `own`, a settings part that somebody brought along, come first.

    `notes` says that the document has footnotes. One that is `protected` lets nothing be changed but what stands in
    content controls (17.15.1.29); it has no password, which would keep nobody out. Nothing is left that would make Word
    ask on opening.
    """
    root = w("settings") if own is None else parse(own)
    for name in _ASKING:
        for old in root.findall(qn(name)):
            root.remove(old)
    for element in _wanted(language, notes, protected):
        present = root.find(element.tag)
        if present is None:
            root.append(element)
        elif element.tag in (qn("themeFontLang"), qn("footnotePr"), qn("documentProtection")):
            root.replace(present, element)
    root[:] = sorted(root, key=lambda child: _RANK.get(etree.QName(child).localname, len(_ORDER)))
    return root


def embed_fonts_in(settings: etree._Element) -> None:
    """Say that fonts are embedded, the parts of them that are used."""
    for name in ("embedTrueTypeFonts", "saveSubsetFonts"):
        if settings.find(qn(name)) is None:
            settings.append(w(name))
    settings[:] = sorted(settings, key=lambda child: _RANK.get(etree.QName(child).localname, len(_ORDER)))


def _wanted(language: Language, notes: bool, protected: bool) -> Iterator[etree._Element]:
    yield w("zoom", percent="100")
    if protected:
        yield w("documentProtection", edit="forms", enforcement="1")
        yield w("doNotAutoCompressPictures")  # so that those of a returned file can be compared
    yield w("defaultTabStop", val="720")
    if hyphenates(language):
        yield w("autoHyphenation")
        yield w("doNotHyphenateCaps")
    yield w("characterSpacingControl", val="compressPunctuation" if is_east_asian(language) else "doNotCompress")
    if notes:
        yield w("footnotePr", w("footnote", id="-1"), w("footnote", id="0"))
    yield w("compat", w("compatSetting", name="compatibilityMode", uri=_COMPATIBILITY, val="15"))
    yield math("mathPr", math("mathFont", val=FACE), math("defJc", val="centerGroup"))
    yield w("themeFontLang", **language_tags(language))
    yield w("decimalSymbol", val=".")
    yield w("listSeparator", val=",")
