# The driver's sources: one assignment, read by make(1), CMake and the checks.
XUSB_SRCS= xusb.c xusb_thread.c xusb_xenbus.c xusb_vigil.c xusb_link.c xusb_pool.c xusb_serve.c xusb_bus.c xusb_xfer.c xusb_iso.c xusb_roothub.c
