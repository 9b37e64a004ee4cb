"""The notes as data: pages, headings, fences, the course, the menu, what was published and what can be cited."""
