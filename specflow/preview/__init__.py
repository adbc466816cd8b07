"""Preview: a document's HTML edition in the browser, made anew at each save.

`session` builds and knows what is to be shown, `server` serves it to one browser on this machine, `inputs` notes which
files to watch.
"""
