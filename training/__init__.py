"""How the model of the article loader is trained: `python -m training`. Nothing here is needed to read articles."""
