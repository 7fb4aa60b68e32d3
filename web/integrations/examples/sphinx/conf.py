import pathlib
import sys

# tabernetes.py of web/integrations/python stands beside this file.
sys.path.insert(0, str(pathlib.Path(__file__).parent))

project = "A tutorial"
extensions = ["tabernetes"]
tabernetes_site = "https://site.example/"
