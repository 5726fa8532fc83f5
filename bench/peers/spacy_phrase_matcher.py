"""spaCy's PhraseMatcher as its documentation recommends it: blank pipeline, `make_doc`, attribute LOWER."""

from __future__ import annotations

from collections.abc import Sequence

import spacy
from spacy.matcher import PhraseMatcher


class SpacyMatcher:
    """All names in one matcher."""

    def __init__(self, names: Sequence[str]) -> None:
        self._nlp = spacy.blank("en")
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        self._matcher.add("NAME", list(self._nlp.tokenizer.pipe(names)))

    def find(self, text: str) -> list[tuple[int, int]]:
        """Character spans of all matches."""
        doc = self._nlp.make_doc(text)
        return [(doc[start:end].start_char, doc[start:end].end_char) for _, start, end in self._matcher(doc)]
