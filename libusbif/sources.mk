# The library's sources: one assignment, read by CMake, Kbuild and BSD make.
USBIF_SRCS= names.c msg.c ring.c ids.c hub.c xenbus.c xenbus_front.c xenbus_back.c xenbus_keys.c xenbus_names.c fq.c fq_send.c fq_valid.c fq_look.c bq.c bq_hand.c bq_valid.c bq_look.c front.c back.c back_port.c back_special.c
