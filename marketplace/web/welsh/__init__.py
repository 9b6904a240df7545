"""Pages and mails in Welsh.

Templates are written in English alone. The Welsh environment reads a template once, when it is compiled, and puts the
Welsh sentence of `templates/welsh.po` where the English one stood; an English page pays nothing for it. What comes out
of a value while a page is rendered is looked up in the same catalogue; what has no Welsh (a supplier's words, a name)
is marked as English, so that a screen reader changes its voice. The catalogue is an ordinary gettext file.

`sentences` finds the sentences of a template, `words` is the catalogue, `figures` are dates, money and counts,
`environment` puts them together, and `python -m marketplace.web.welsh` prints what lacks Welsh.
"""
