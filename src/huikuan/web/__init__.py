"""The look of every screen: base page, components, keys, forms, lists, exports. No screen of its own but the language switch."""
