# manual pages, mdoc
