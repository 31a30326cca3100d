/* SPDX-License-Identifier: MIT */
#include "usbif/hub.h"

/* requests to a hub: USB 2.0 tables 11-15 and 11-16 */
#define TO_HUB			0x20u	/* bmRequestType */
#define TO_PORT			0x23u
#define FROM_HUB		0xa0u
#define FROM_PORT		0xa3u
#define GET_STATUS		0u	/* bRequest */
#define CLEAR_FEATURE		1u
#define SET_FEATURE		3u
#define GET_DESCRIPTOR		6u
#define REQUEST(type, request)	((uint32_t)(type) << 8 | (request))

/* feature selectors: USB 2.0 table 11-17 */
#define C_HUB_LOCAL_POWER	0u
#define C_HUB_OVER_CURRENT	1u
#define F_ENABLE		1u
#define F_SUSPEND		2u
#define F_RESET			4u
#define F_POWER			8u
#define F_C_CONNECTION		16u
#define F_C_ENABLE		17u
#define F_C_SUSPEND		18u
#define F_C_OVERCURRENT		19u
#define F_C_RESET		20u

/* hub descriptor: USB 2.0 table 11-13 */
#define DESC_TYPE		0x29u
#define DESC_FIXED_OCTETS	7u
#define DESC_MAX_OCTETS		(DESC_FIXED_OCTETS + 2 * 4)
/* power switched per port; over-current is not reported */
#define DESC_CHARACTERISTICS	0x0011u

#define STATUS_OCTETS		4u

USBIF_STATIC_ASSERT(USBIF_MAX_PORTS <= 31, bitmaps_have_four_octets);

/* Octets of a bitmap with a bit for the hub and one for each port. */
static uint32_t bitmap_octets(const struct usbif_hub *h)
{
	return 1u + h->num_ports / 8u;
}

static uint8_t shown_speed(const struct usbif_hub *h,
			   const struct usbif_hub_port *p)
{
	if (p->speed == USBIF_WIRE_SPEED_HIGH && h->usb_ver == 1)
		return USBIF_WIRE_SPEED_FULL;
	return p->speed;
}

static bool has(const struct usbif_hub_port *p, uint16_t bits)
{
	return (p->status & bits) != 0;
}

static void clear(struct usbif_hub_port *p, uint16_t bits)
{
	p->status = (uint16_t)(p->status & ~bits);
}

/* All that a guest can read of a port, as GetPortStatus has it. */
static uint32_t guest_view(const struct usbif_hub_port *p)
{
	return (uint32_t)p->change << 16 | p->status;
}

void usbif_hub_init(struct usbif_hub *h, uint8_t num_ports, uint8_t usb_ver)
{
	memset(h, 0, sizeof(*h));
	h->num_ports = num_ports;
	h->usb_ver = usb_ver;
	for (uint32_t i = 0; i < USBIF_MAX_PORTS; i++)
		h->port[i].due_ms = USBIF_HUB_NEVER;
}

/* The status that a powered, occupied port must have besides SUSPEND. */
static uint16_t expected_status(const struct usbif_hub *h,
				const struct usbif_hub_port *p)
{
	uint32_t status = USBIF_PORT_POWER | USBIF_PORT_CONNECTION;

	if (shown_speed(h, p) == USBIF_WIRE_SPEED_LOW)
		status |= USBIF_PORT_LOW_SPEED;
	if (has(p, USBIF_PORT_RESET))
		return (uint16_t)(status | USBIF_PORT_RESET);
	if (!has(p, USBIF_PORT_ENABLE))
		return (uint16_t)status;
	if (shown_speed(h, p) == USBIF_WIRE_SPEED_HIGH)
		status |= USBIF_PORT_HIGH_SPEED;
	return (uint16_t)(status | USBIF_PORT_ENABLE);
}

/* A deadline is there for each reset, and else only for a resume. */
static bool due_valid(const struct usbif_hub_port *p)
{
	if (has(p, USBIF_PORT_RESET))
		return p->due_ms != USBIF_HUB_NEVER;
	return p->due_ms == USBIF_HUB_NEVER ||
	       (has(p, USBIF_PORT_SUSPEND) && !p->by_bus);
}

static bool port_valid(const struct usbif_hub *h,
		       const struct usbif_hub_port *p)
{
	uint32_t status = p->status;

	if (p->speed > USBIF_WIRE_SPEED_HIGH)
		return false;
	if ((p->change & ~(USBIF_PORT_C_CONNECTION | USBIF_PORT_C_SUSPEND |
			   USBIF_PORT_C_RESET)) != 0)
		return false;
	if (!due_valid(p) || (p->by_bus && !has(p, USBIF_PORT_SUSPEND)) ||
	    (p->wakeup && !has(p, USBIF_PORT_ENABLE)))
		return false;
	if (!has(p, USBIF_PORT_POWER))
		return status == 0 && p->change == 0;
	if (p->speed == USBIF_WIRE_SPEED_NONE)
		return status == USBIF_PORT_POWER;
	if (has(p, USBIF_PORT_ENABLE))
		status &= ~USBIF_PORT_SUSPEND;
	return status == expected_status(h, p);
}

bool usbif_hub_valid(const struct usbif_hub *h)
{
	if (h->num_ports == 0 || h->num_ports > USBIF_MAX_PORTS)
		return false;
	if (h->usb_ver != 1 && h->usb_ver != 2)
		return false;
	for (uint32_t i = 0; i < h->num_ports; i++) {
		if (!port_valid(h, &h->port[i]))
			return false;
	}
	return true;
}

/* A powered port becomes occupied or empty, whatever it was doing. */
static void show_connection(const struct usbif_hub *h,
			    struct usbif_hub_port *p)
{
	p->status = USBIF_PORT_POWER;
	p->due_ms = USBIF_HUB_NEVER;
	p->by_bus = false;
	p->wakeup = false;
	if (p->speed != USBIF_WIRE_SPEED_NONE)
		p->status |= USBIF_PORT_CONNECTION;
	if (shown_speed(h, p) == USBIF_WIRE_SPEED_LOW)
		p->status |= USBIF_PORT_LOW_SPEED;
	p->change |= USBIF_PORT_C_CONNECTION;
}

bool usbif_hub_connect(struct usbif_hub *h, uint8_t port, uint8_t speed)
{
	struct usbif_hub_port *p = &h->port[port - 1];
	uint32_t before = guest_view(p);

	if (p->speed == USBIF_WIRE_SPEED_NONE &&
	    speed == USBIF_WIRE_SPEED_NONE)
		return false;
	p->speed = speed;
	if (has(p, USBIF_PORT_POWER))
		show_connection(h, p);
	return guest_view(p) != before;
}

bool usbif_hub_disconnect_all(struct usbif_hub *h)
{
	bool changed = false;

	for (uint8_t port = 1; port <= h->num_ports; port++)
		changed |= usbif_hub_connect(h, port, USBIF_WIRE_SPEED_NONE);
	return changed;
}

void usbif_hub_arm_wakeup(struct usbif_hub *h, uint8_t port, bool armed)
{
	struct usbif_hub_port *p = &h->port[port - 1];

	p->wakeup = armed && has(p, USBIF_PORT_ENABLE);
}

static void power_on(const struct usbif_hub *h, struct usbif_hub_port *p)
{
	if (has(p, USBIF_PORT_POWER))
		return;
	p->status = USBIF_PORT_POWER;
	if (p->speed != USBIF_WIRE_SPEED_NONE)
		show_connection(h, p);
}

static void power_off(struct usbif_hub_port *p)
{
	p->status = 0;
	p->change = 0;
	p->due_ms = USBIF_HUB_NEVER;
	p->by_bus = false;
	p->wakeup = false;
}

static void disable(struct usbif_hub_port *p)
{
	if (has(p, USBIF_PORT_SUSPEND))
		p->due_ms = USBIF_HUB_NEVER;
	clear(p, USBIF_PORT_ENABLE | USBIF_PORT_SUSPEND |
	      USBIF_PORT_HIGH_SPEED);
	p->by_bus = false;
	p->wakeup = false;
}

static void start_reset(struct usbif_hub_port *p, uint64_t now_ms)
{
	if (!has(p, USBIF_PORT_CONNECTION))
		return;
	disable(p);
	p->status |= USBIF_PORT_RESET;
	p->due_ms = now_ms + USBIF_HUB_RESET_MS;
}

static void end_reset(const struct usbif_hub *h, struct usbif_hub_port *p)
{
	clear(p, USBIF_PORT_RESET);
	p->status |= USBIF_PORT_ENABLE;
	if (shown_speed(h, p) == USBIF_WIRE_SPEED_HIGH)
		p->status |= USBIF_PORT_HIGH_SPEED;
	p->change |= USBIF_PORT_C_RESET;
	p->due_ms = USBIF_HUB_NEVER;
}

static bool suspend(struct usbif_hub_port *p)
{
	if (!has(p, USBIF_PORT_ENABLE) || has(p, USBIF_PORT_SUSPEND))
		return false;
	p->status |= USBIF_PORT_SUSPEND;
	return true;
}

static void start_resume(struct usbif_hub_port *p, uint64_t now_ms)
{
	if (!has(p, USBIF_PORT_SUSPEND) || p->due_ms != USBIF_HUB_NEVER)
		return;
	p->due_ms = now_ms + USBIF_HUB_RESUME_MS;
	p->by_bus = false;
}

static void end_resume(struct usbif_hub_port *p)
{
	clear(p, USBIF_PORT_SUSPEND);
	p->change |= USBIF_PORT_C_SUSPEND;
	p->due_ms = USBIF_HUB_NEVER;
}

static int set_feature(const struct usbif_hub *h, struct usbif_hub_port *p,
		       uint16_t feature, uint64_t now_ms)
{
	switch (feature) {
	case F_SUSPEND:
		if (p->wakeup)
			return USBIF_E_ARG;
		suspend(p);
		return 0;
	case F_RESET:
		start_reset(p, now_ms);
		return 0;
	case F_POWER:
		power_on(h, p);
		return 0;
	default:
		return USBIF_E_ARG;
	}
}

static int clear_feature(struct usbif_hub_port *p, uint16_t feature,
			 uint64_t now_ms)
{
	switch (feature) {
	case F_ENABLE:
		disable(p);
		return 0;
	case F_SUSPEND:
		start_resume(p, now_ms);
		return 0;
	case F_POWER:
		power_off(p);
		return 0;
	case F_C_CONNECTION:
	case F_C_ENABLE:
	case F_C_SUSPEND:
	case F_C_OVERCURRENT:
	case F_C_RESET:
		p->change = (uint16_t)(p->change &
				       ~(1u << (feature - F_C_CONNECTION)));
		return 0;
	default:
		return USBIF_E_ARG;
	}
}

static int hub_feature(uint16_t feature)
{
	if (feature == C_HUB_LOCAL_POWER || feature == C_HUB_OVER_CURRENT)
		return 0;
	return USBIF_E_ARG;
}

static uint32_t hub_descriptor(const struct usbif_hub *h, uint8_t *desc)
{
	uint32_t map = bitmap_octets(h);
	uint32_t octets = DESC_FIXED_OCTETS + 2 * map;

	memset(desc, 0, octets);
	desc[0] = (uint8_t)octets;
	desc[1] = DESC_TYPE;
	desc[2] = h->num_ports;
	desc[3] = DESC_CHARACTERISTICS;
	/* All devices removable; the second bitmap is always all ones. */
	memset(desc + DESC_FIXED_OCTETS + map, 0xff, map);
	return octets;
}

static uint32_t port_status(const struct usbif_hub_port *p, uint8_t *to)
{
	uint32_t view = guest_view(p);

	for (uint32_t i = 0; i < STATUS_OCTETS; i++)
		to[i] = (uint8_t)(view >> (8 * i));
	return STATUS_OCTETS;
}

static struct usbif_hub_port *port_of(struct usbif_hub *h, uint16_t w_index)
{
	if (w_index == 0 || w_index > h->num_ports)
		return NULL;
	return &h->port[w_index - 1];
}

/* A request with data to the guest: returns octets in data, or USBIF_E_ARG. */
static int get_request(struct usbif_hub *h, uint32_t request,
		       uint16_t w_value, uint16_t w_index, uint8_t *data)
{
	const struct usbif_hub_port *p = port_of(h, w_index);

	switch (request) {
	case REQUEST(FROM_HUB, GET_DESCRIPTOR):
		if (w_value != DESC_TYPE << 8)
			return USBIF_E_ARG;
		return (int)hub_descriptor(h, data);
	case REQUEST(FROM_HUB, GET_STATUS):
		memset(data, 0, STATUS_OCTETS);
		return STATUS_OCTETS;
	case REQUEST(FROM_PORT, GET_STATUS):
		return p ? (int)port_status(p, data) : USBIF_E_ARG;
	default:
		return USBIF_E_ARG;
	}
}

static int feature_request(struct usbif_hub *h, uint32_t request,
			   uint16_t feature, uint16_t w_index, uint64_t now_ms)
{
	struct usbif_hub_port *p = port_of(h, w_index);

	switch (request) {
	case REQUEST(TO_HUB, SET_FEATURE):
	case REQUEST(TO_HUB, CLEAR_FEATURE):
		return hub_feature(feature);
	case REQUEST(TO_PORT, SET_FEATURE):
		return p ? set_feature(h, p, feature, now_ms) : USBIF_E_ARG;
	case REQUEST(TO_PORT, CLEAR_FEATURE):
		return p ? clear_feature(p, feature, now_ms) : USBIF_E_ARG;
	default:
		return USBIF_E_ARG;
	}
}

int usbif_hub_control(struct usbif_hub *h, uint8_t bm_request_type,
		      uint8_t b_request, uint16_t w_value, uint16_t w_index,
		      uint16_t w_length, uint64_t now_ms, uint8_t *buf,
		      uint32_t cap)
{
	uint32_t request = REQUEST(bm_request_type, b_request);
	uint32_t room = w_length < cap ? w_length : cap;
	uint8_t data[DESC_MAX_OCTETS];
	int octets;

	if ((bm_request_type & 0x80u) == 0)
		return feature_request(h, request, w_value, w_index, now_ms);
	octets = get_request(h, request, w_value, w_index, data);
	if (octets < 0)
		return octets;
	if ((uint32_t)octets > room)
		octets = (int)room;
	memcpy(buf, data, (size_t)octets);
	return octets;
}

int usbif_hub_changes(const struct usbif_hub *h, uint8_t *bitmap)
{
	uint32_t octets = bitmap_octets(h);
	bool any = false;

	memset(bitmap, 0, octets);
	for (uint32_t port = 1; port <= h->num_ports; port++) {
		if (h->port[port - 1].change == 0)
			continue;
		bitmap[port / 8] |= (uint8_t)(1u << (port % 8));
		any = true;
	}
	return any ? (int)octets : 0;
}

uint64_t usbif_hub_deadline(const struct usbif_hub *h)
{
	uint64_t due_ms = USBIF_HUB_NEVER;

	for (uint32_t i = 0; i < h->num_ports; i++) {
		if (h->port[i].due_ms < due_ms)
			due_ms = h->port[i].due_ms;
	}
	return due_ms;
}

bool usbif_hub_tick(struct usbif_hub *h, uint64_t now_ms)
{
	bool changed = false;

	for (uint32_t i = 0; i < h->num_ports; i++) {
		struct usbif_hub_port *p = &h->port[i];

		if (p->due_ms == USBIF_HUB_NEVER || now_ms < p->due_ms)
			continue;
		if (has(p, USBIF_PORT_RESET))
			end_reset(h, p);
		else
			end_resume(p);
		changed = true;
	}
	return changed;
}

bool usbif_hub_bus_suspend(struct usbif_hub *h)
{
	bool changed = false;

	for (uint32_t i = 0; i < h->num_ports; i++) {
		if (!suspend(&h->port[i]))
			continue;
		h->port[i].by_bus = true;
		changed = true;
	}
	return changed;
}

bool usbif_hub_bus_resume(struct usbif_hub *h)
{
	bool changed = false;

	for (uint32_t i = 0; i < h->num_ports; i++) {
		if (!h->port[i].by_bus)
			continue;
		clear(&h->port[i], USBIF_PORT_SUSPEND);
		h->port[i].by_bus = false;
		changed = true;
	}
	return changed;
}
