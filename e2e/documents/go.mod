module plimsoll.dev/e2e/documents

go 1.25.0
