/* SPDX-License-Identifier: MIT */
/* Xenstore: events for the machine of usbif/xenbus.h, and its actions. */
#include "shim.h"

#define FRONT	"device/vusb/0"

/* Room for a path, and for the value of any node that is looked at. */
#define PATH	128
#define VALUE	80

/* "No event", for a step that leads to no other. */
#define NO_EVENT	USBIF_XB_EV_N

/* dir/name into path.  What does not fit is no path of ours: it is cut. */
static const char *join(char path[PATH], const char *dir, const char *name)
{
	uint32_t n = 0;

	for (; *dir && n < PATH - 2; dir++)
		path[n++] = *dir;
	path[n++] = '/';
	for (; *name && n < PATH - 1; name++)
		path[n++] = *name;
	path[n] = 0;
	return path;
}

static bool read_node(uint32_t tx, const char *dir, const char *name,
		      char value[VALUE])
{
	char path[PATH];

	return platform_xs_read(tx, join(path, dir, name), value, VALUE);
}

static bool write_number(uint32_t tx, const char *name, uint32_t number)
{
	char path[PATH], digits[12];
	uint32_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return platform_xs_write(tx, join(path, FRONT, name), digits + at);
}

static uint8_t read_state(uint32_t tx, const char *dir)
{
	char value[VALUE];

	if (!read_node(tx, dir, "state", value))
		return USBIF_XB_UNKNOWN;
	return usbif_xb_parse_state(value);
}

/* The backend's keys, judged: enum usbif_xb_keys. */
static uint8_t read_keys(struct shim *s)
{
	static const struct usbif_xb_offer offer = {
		.ring_pages = 1, .queues_rev = 1,
		.request_pages = SHIM_SLOT_PAGES };
	static const uint8_t keys[] = {
		USBIF_XB_KEY_NUM_PORTS, USBIF_XB_KEY_USB_VER,
		USBIF_XB_KEY_MAX_RING_PAGES, USBIF_XB_KEY_MAX_REQUEST_PAGES,
		USBIF_XB_KEY_ENDPOINT_QUEUES };
	char value[sizeof(keys)][VALUE];
	struct usbif_xb_texts texts;
	struct usbif_xb_config config;
	struct usbif_xb_bad bad;
	uint32_t i;
	int result;

	memset(&texts, 0, sizeof(texts));
	for (i = 0; i < sizeof(keys); i++)
		if (read_node(0, s->backend, usbif_xb_key_name(keys[i]),
			      value[i]))
			texts.text[keys[i]] = value[i];
	result = usbif_xb_negotiate_front(&texts, &offer, &config, &bad);
	if (result != USBIF_XB_KEYS_OK) {
		s->bad_key = usbif_xb_key_name(bad.key);
		return (uint8_t)result;
	}
	s->agreed.num_ports = (uint8_t)config.num_ports;
	s->agreed.usb_ver = (uint8_t)config.usb_ver;
	s->agreed.ring_pages = (uint8_t)config.ring_pages;
	s->agreed.request_pages = (uint16_t)config.request_pages;
	s->agreed.extended = config.queues_rev != 0;
	s->agreed.depth = USBIF_FRONT_DEPTH;
	return USBIF_XB_KEYS_OK;
}

static bool write_keys(const struct shim *s, uint32_t tx)
{
	return write_number(tx, USBIF_KEY_URB_RING_REF, (uint32_t)s->ref[0]) &&
	       write_number(tx, USBIF_KEY_CONN_RING_REF, (uint32_t)s->ref[1]) &&
	       write_number(tx, USBIF_KEY_RING_PAGES, 1) &&
	       write_number(tx, USBIF_KEY_EVENT_CHANNEL,
			    (uint32_t)s->channel) &&
	       write_number(tx, USBIF_KEY_ENDPOINT_QUEUES, s->config.extended);
}

/* Returns whether the transaction is to be written. */
static bool write_state(const struct shim *s, const struct usbif_xb_act *act,
			uint32_t tx)
{
	uint8_t own = read_state(tx, FRONT);

	if (own == USBIF_XB_UNKNOWN ||
	    (act->from != USBIF_XB_UNKNOWN && own != act->from))
		return false;
	if (act->state == USBIF_XB_CONNECTED && !write_keys(s, tx))
		return false;
	return write_number(tx, "state", act->state);
}

static void switch_state(const struct shim *s, const struct usbif_xb_act *act)
{
	uint32_t tx;

	do {
		tx = platform_xs_begin();
	} while (tx != 0 && !platform_xs_end(tx, write_state(s, act, tx)));
}

static void fatal(struct shim *s, uint8_t why)
{
	const char *text = "not enough pages, grants or event channels";

	if (why == USBIF_XB_WHY_FAULT)
		text = usbif_fault_name(usbif_front_fault(&s->front));
	else if (why != USBIF_XB_WHY_CONNECT)
		text = s->bad_key;
	platform_print(why == USBIF_XB_WHY_CONNECT ?
			       "usb: cannot connect: %s\n" :
			       "usb: the backend is at fault: %s\n", text);
	platform_xs_write(0, "error/" FRONT "/error", text);
}

/* Perform one action.  Returns the event that answers it, or NO_EVENT. */
static uint8_t perform(struct shim *s, const struct usbif_xb_act *act)
{
	switch ((enum usbif_xb_act_kind)act->kind) {
	case USBIF_XB_ACT_SWITCH:
		switch_state(s, act);
		break;
	case USBIF_XB_ACT_CONNECT:
		return shim_connect(s) ? USBIF_XB_EV_CONNECT_OK :
					 USBIF_XB_EV_CONNECT_FAILED;
	case USBIF_XB_ACT_OPEN:
		platform_print("usb: connected, %u ports, endpoint queues %s\n",
			       s->config.num_ports,
			       s->config.extended ? "guaranteed by both ends" :
						    "kept by this end alone");
		shim_open(s);
		break;
	case USBIF_XB_ACT_QUIESCE:
		shim_quiesce(s);
		break;
	case USBIF_XB_ACT_CUT:
		shim_cut(s);
		break;
	case USBIF_XB_ACT_RELEASE:
		shim_release(s);
		platform_print("usb: disconnected\n");
		break;
	case USBIF_XB_ACT_FATAL:
		fatal(s, act->why);
		break;
	case USBIF_XB_ACT_ARM:		/* shim_round() looks at xb.m.due_ms */
	case USBIF_XB_ACT_GONE:		/* shim_is_gone() looks at xb.m.state */
	case USBIF_XB_ACT_READ_PORTS:
	case USBIF_XB_ACT_SUSPENDED:
	case USBIF_XB_ACT_N:
		break;
	}
	return NO_EVENT;
}

static void deliver(struct shim *s, uint8_t kind, uint8_t *answer)
{
	struct usbif_xb_acts acts;
	struct usbif_xb_ev ev;
	uint32_t i;

	memset(&ev, 0, sizeof(ev));
	ev.now_ms = platform_now_ms();
	ev.kind = kind;
	if (kind == USBIF_XB_EV_PROBE || kind == USBIF_XB_EV_OWN)
		ev.own = read_state(0, FRONT);
	if (kind == USBIF_XB_EV_PEER)
		ev.peer = read_state(0, s->backend);
	if (ev.peer == USBIF_XB_INITWAIT)
		ev.keys = read_keys(s);
	if (usbif_xb_front_step(&s->xb, &ev, &acts) != USBIF_OK)
		return;
	for (i = 0; i < acts.n; i++) {
		uint8_t next = perform(s, &acts.v[i]);

		if (next != NO_EVENT)
			*answer = next;
	}
}

/* An event, after a look at both ends' states, and what answers it. */
void shim_handshake(struct shim *s, uint8_t event)
{
	uint8_t answer;

	while (event != NO_EVENT) {
		answer = NO_EVENT;
		if (event != USBIF_XB_EV_PROBE) {
			deliver(s, USBIF_XB_EV_OWN, &answer);
			deliver(s, USBIF_XB_EV_PEER, &answer);
		}
		if (event != USBIF_XB_EV_PEER)
			deliver(s, event, &answer);
		event = answer;
	}
}

/* The toolstack has made the nodes: which backend is it? */
static void begin(struct shim *s)
{
	char value[VALUE];
	uint32_t domid;

	if (!read_node(0, FRONT, "backend", s->backend) ||
	    !read_node(0, FRONT, "backend-id", value) ||
	    usbif_xb_parse_u32(value, 0, 0x7fef, &domid) != USBIF_XB_KEYS_OK)
		return;
	s->backend_id = (uint16_t)domid;
	usbif_xb_front_init(&s->xb);
	platform_xs_watch(s->backend);
	shim_handshake(s, USBIF_XB_EV_PROBE);
	shim_handshake(s, USBIF_XB_EV_PEER);
}

/* Something has changed: begin, go on, or end, as the nodes are there or not. */
void shim_look_for_nodes(struct shim *s)
{
	bool idle = s->xb.m.state == USBIF_XB_F_IDLE || shim_is_gone(s);
	char value[VALUE];

	if (!read_node(0, FRONT, "backend", value) || s->leaving) {
		if (!idle)
			shim_handshake(s, USBIF_XB_EV_UNLOAD);
	} else if (idle) {
		begin(s);
	} else {
		shim_handshake(s, USBIF_XB_EV_PEER);
	}
}

void shim_start(struct shim *s)
{
	memset(s, 0, sizeof(*s));
	s->channel = -1;
	usbif_xb_front_init(&s->xb);
	platform_xs_watch("device/vusb");
	shim_look_for_nodes(s);
}

void shim_stop(struct shim *s)
{
	s->leaving = true;
	shim_look_for_nodes(s);
}

bool shim_is_gone(const struct shim *s)
{
	return s->xb.m.state == USBIF_XB_F_GONE ||
	       (s->leaving && s->xb.m.state == USBIF_XB_F_IDLE);
}
