/* SPDX-License-Identifier: MIT */
/* What the parts of the kernel half ask of each other. */
#ifndef FAKE_H
#define FAKE_H

#include <fake/usbdi.h>
#include <fake/xen.h>

#include "../nb.h"
#include "../script.h"

/* lock.c */
void fake_lock_reset(void);
bool fake_sleep(const void *channel, uint64_t until_ms);

/* callout.c, thread.c */
void fake_threads_reset(void);
void fake_callouts_start(void);
void fake_callouts_stop(void);

/* autoconf.c */
device_t fake_device(device_t parent, const struct cfattach *ca, int unit);
void fake_device_free(device_t dev);
void fake_devices_reset(void);
bool fake_is_pending(device_t dev);
bool fake_power(bool down);

/* usb_bus.c: usb(4), the child of a host controller. */
extern struct cfattach fake_usb_ca;
struct usbd_bus *fake_bus(void);
void fake_tasks_start(void);
void fake_tasks_stop(void);

/* usb_hub.c */
usbd_status fake_hub_attach(struct usbd_device *hub);
void fake_hub_detach(struct usbd_device *hub);
usbd_status fake_reset_port(struct usbd_device *hub, int port,
			    usb_port_status_t *status);
void fake_disconnect(struct usbd_port *port);

/* usb_device.c */
usbd_status fake_new_device(struct usbd_bus *bus, int depth, int speed,
			    int number, struct usbd_port *port);
void fake_free_device(struct usbd_device *dev);

/* usb_pipe.c */
void fake_start_next(struct usbd_pipe *pipe);

/* usb_timeout.c */
void fake_timeout_init(struct usbd_xfer *xfer);
void fake_timeout_drain(struct usbd_xfer *xfer);

/* class.c: drivers of devices, that is, the stories. */
void fake_class_attach(struct usbd_device *dev);
void fake_class_detach(struct usbd_device *dev);

/* watch.c */
void fake_watches_reset(void);
void fake_watches_fire(void);

/* xenbus.c */
void fake_xenbus_start(void);
void fake_xenbus_stop(void);
/* Its thread is attaching or detaching. */
bool fake_xenbus_is_busy(void);
device_t fake_xusb(void);
int fake_user_detach(int flags);
/* Suspended here, resumed on another host with a new backend. */
void fake_other_host(void);

#endif
