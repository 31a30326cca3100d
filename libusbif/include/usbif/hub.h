/* SPDX-License-Identifier: MIT */
/*
 * The root hub of a front's virtual controller, as pure functions: port
 * status and change bits (USB 2.0 sections 11.24.2.6 and .7), port feature
 * requests (11.24.2), the hub descriptor (11.23.2.1), and the timing of reset
 * and resume as a deadline out and a tick in.  Resetting a port is local; the
 * backend resets the device when it sees address 0 used again
 * (docs/PROTOCOL.md).  Suspending a port is local too, and stays so: the
 * device runs on, and whoever submits to it is served.
 */
#ifndef USBIF_HUB_H
#define USBIF_HUB_H

#include "usbif/port.h"
#include "usbif/err.h"
#include "usbif/limits.h"
#include "usbif/wire.h"

/* wPortStatus, USB 2.0 table 11-21 */
#define USBIF_PORT_CONNECTION	0x0001u
#define USBIF_PORT_ENABLE	0x0002u
#define USBIF_PORT_SUSPEND	0x0004u
#define USBIF_PORT_OVERCURRENT	0x0008u
#define USBIF_PORT_RESET	0x0010u
#define USBIF_PORT_POWER	0x0100u
#define USBIF_PORT_LOW_SPEED	0x0200u
#define USBIF_PORT_HIGH_SPEED	0x0400u

/* wPortChange, USB 2.0 table 11-22 */
#define USBIF_PORT_C_CONNECTION	0x0001u
#define USBIF_PORT_C_ENABLE	0x0002u
#define USBIF_PORT_C_SUSPEND	0x0004u
#define USBIF_PORT_C_OVERCURRENT 0x0008u
#define USBIF_PORT_C_RESET	0x0010u

/* How long a port stays in reset, USB 2.0 section 7.1.7.5 (TDRSTR), ms. */
#define USBIF_HUB_RESET_MS	50u

/* How long a port signals resume, USB 2.0 section 7.1.7.7 (TDRSMDN), ms. */
#define USBIF_HUB_RESUME_MS	20u

/* A deadline that is not set. */
#define USBIF_HUB_NEVER		(~(uint64_t)0)

struct usbif_hub_port {
	uint16_t status;	/* USBIF_PORT_* as the guest sees it */
	uint16_t change;	/* USBIF_PORT_C_* */
	uint8_t speed;		/* of the device, USBIF_WIRE_SPEED_*; NONE: empty */
	bool wakeup;		/* the guest counts on the device to wake it */
	bool by_bus;		/* suspended with the bus, not by itself */
	uint64_t due_ms;	/* RESET: its end; SUSPEND: end of the resume
				   that has begun; or USBIF_HUB_NEVER */
};

struct usbif_hub {
	uint8_t num_ports;	/* 1..USBIF_MAX_PORTS */
	uint8_t usb_ver;	/* 1: USB 1.1, 2: USB 2.0 controller */
	struct usbif_hub_port port[USBIF_MAX_PORTS];	/* port n is [n - 1] */
};

/* Empty, unpowered ports.  num_ports 1..USBIF_MAX_PORTS, usb_ver 1 or 2. */
void usbif_hub_init(struct usbif_hub *h, uint8_t num_ports, uint8_t usb_ver);

bool usbif_hub_valid(const struct usbif_hub *h);

/*
 * The backend reports a device of that speed on port (1..num_ports), or
 * USBIF_WIRE_SPEED_NONE: it left.  A device of another speed, or the same
 * again, on an occupied port counts as leaving and coming.  A high-speed
 * device on a USB 1.1 controller is shown at full speed.
 * Returns true if the status the guest sees changed.
 */
bool usbif_hub_connect(struct usbif_hub *h, uint8_t port, uint8_t speed);

/* All devices left: backend gone.  Returns true if any port changed. */
bool usbif_hub_disconnect_all(struct usbif_hub *h);

/*
 * The guest arms (or disarms) the remote wake-up of the device on port
 * (1..num_ports): it submits SET_FEATURE or CLEAR_FEATURE of
 * DEVICE_REMOTE_WAKEUP.  While it is armed, SetPortFeature(SUSPEND) is
 * refused: no message tells the backend to let the device wake anybody, so a
 * guest's driver that has no URB waiting would never hear of it again.
 * A reset of the port and another device on it disarm, too.
 */
void usbif_hub_arm_wakeup(struct usbif_hub *h, uint8_t port, bool armed);

/*
 * A class request to the root hub (USB 2.0 section 11.24.2), given as in its
 * setup packet.  Data to the guest is written to buf (at most cap octets and
 * at most wLength).  now_ms: the caller's monotonic clock.
 * Handled: GetHubDescriptor, GetHubStatus, GetPortStatus, SetPortFeature of
 * SUSPEND, RESET and POWER, ClearPortFeature of ENABLE, SUSPEND, POWER and the
 * C_ selectors, Set- and ClearHubFeature (which do nothing).  A feature that
 * the port's state has no use for is accepted and does nothing.
 * Returns the octets written, 0..cap, or USBIF_E_ARG: answer with a stall
 * (unknown request, selector or port); nothing changed.
 * SetPortFeature(RESET) on an occupied, powered port starts a reset that ends
 * at now_ms + USBIF_HUB_RESET_MS, ClearPortFeature(SUSPEND) on a suspended one
 * a resume that ends at now_ms + USBIF_HUB_RESUME_MS: see
 * usbif_hub_deadline().  SetPortFeature(SUSPEND) is also answered with a stall
 * while the device's remote wake-up is armed: see usbif_hub_arm_wakeup().
 */
int usbif_hub_control(struct usbif_hub *h, uint8_t bm_request_type,
		      uint8_t b_request, uint16_t w_value, uint16_t w_index,
		      uint16_t w_length, uint64_t now_ms, uint8_t *buf,
		      uint32_t cap);

/*
 * The status-change bitmap of USB 2.0 section 11.12.4: bit n is port n (bit 0,
 * the hub itself, stays 0).  Writes 1 + num_ports / 8 octets to bitmap, which
 * must hold 4.  Returns that many if any bit is set, else 0.
 */
int usbif_hub_changes(const struct usbif_hub *h, uint8_t *bitmap);

/* When usbif_hub_tick() must be called next, ms, or USBIF_HUB_NEVER. */
uint64_t usbif_hub_deadline(const struct usbif_hub *h);

/*
 * The clock is now_ms: end the resets (port enabled with its speed, C_RESET
 * set) and resumes (SUSPEND cleared, C_SUSPEND set) that are due.  Early calls
 * do nothing.
 * Returns true if the status the guest sees changed.
 */
bool usbif_hub_tick(struct usbif_hub *h, uint64_t now_ms);

/*
 * The bus is suspended, and with it the enabled ports that are not yet; or it
 * is resumed, and with it those, while what the guest had suspended by
 * SetPortFeature stays so.  Returns true if a status changed.
 */
bool usbif_hub_bus_suspend(struct usbif_hub *h);
bool usbif_hub_bus_resume(struct usbif_hub *h);

#endif
