"""The engines that come with narrator; each is found by its entry point, like a plug-in."""
