"""What the product plans today, pinned: books that never change, and what is read of them."""
