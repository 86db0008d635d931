"""The app's own writes: figures and exports. Other apps' rows are written by their own actions."""
