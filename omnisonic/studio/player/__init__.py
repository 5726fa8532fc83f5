"""The browser component that draws and plays the mix."""
