"""The look of every screen: base page, components, keys, forms, exports. Its only address is the language switch."""
