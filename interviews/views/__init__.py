"""The candidate's pages (design §6). Thin: check who asks, read the form, call one service, answer."""
