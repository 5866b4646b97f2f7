"""The site to where its readers are: a folder that a web server shows, or an object store."""
