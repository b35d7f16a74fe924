"""What turns a request into an image: the protocol, the plug-in registry, one file a renderer."""
