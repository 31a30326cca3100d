// SPDX-License-Identifier: MIT
/*
 * Nodes in xenstore: read as text, judged by usbif/xenbus.h.  What another
 * domain or the toolstack wrote wrongly is put in words here, as the one log
 * line that names the key, its value and what is allowed.
 */
#include <linux/slab.h>

#include "xub.h"

/* The revision of the endpoint-queue extension that we speak. */
#define QUEUES_REV	1u
/* Octets of a foreign value that are worth a place in the log. */
#define SHOWN		24
/* A frontend that writes all the time cannot keep us here. */
#define TRIES		8

static char *read_node(struct xenbus_transaction t, const char *dir,
		       const char *node)
{
	char *text = xenbus_read(t, dir, node, NULL);

	return IS_ERR(text) ? NULL : text;
}

static int shown(const char *text)
{
	return min_t(size_t, strlen(text), SHOWN);
}

static void free_texts(struct usbif_xb_texts *texts)
{
	unsigned int i;

	for (i = 0; i < USBIF_XB_KEY_N; i++)
		kfree(texts->text[i]);
	memset(texts, 0, sizeof(*texts));
}

static void describe(struct xub_ctrl *c, const char *whose,
		     const struct usbif_xb_texts *texts,
		     const struct usbif_xb_bad *bad)
{
	const char *name = usbif_xb_key_name(bad->key);
	const char *text = texts->text[bad->key];

	if (!text)
		snprintf(c->why, sizeof(c->why), "%s of the %s is missing",
			 name, whose);
	else if (bad->same_as != bad->key)
		snprintf(c->why, sizeof(c->why),
			 "%s of the %s is \"%*pE\", the same as its %s", name,
			 whose, shown(text), text,
			 usbif_xb_key_name(bad->same_as));
	else
		snprintf(c->why, sizeof(c->why),
			 "%s of the %s is \"%*pE\", must be %u..%u", name,
			 whose, shown(text), text, bad->min, bad->max);
}

/*
 * Tell the frontend what we can do; not if the toolstack has taken the
 * controller's nodes away meanwhile.
 */
int xub_keys_announce(struct xub_ctrl *c)
{
	const char *dir = c->xdev->nodename;
	struct xenbus_transaction t;
	int err;

	do {
		err = xenbus_transaction_start(&t);
		if (err)
			return err;
		if (xenbus_exists(t, dir, "state"))
			err = xenbus_printf(t, dir, USBIF_KEY_MAX_RING_PAGES,
					    "%u", xub_max_ring_pages());
		else
			err = -ENOENT;
		if (!err)
			err = xenbus_printf(t, dir, USBIF_KEY_MAX_REQUEST_PAGES,
					    "%u", xub_max_request_pages());
		if (!err)
			err = xenbus_printf(t, dir, USBIF_KEY_ENDPOINT_QUEUES,
					    "%u", QUEUES_REV);
		if (err) {
			xenbus_transaction_end(t, 1);
			return err;
		}
		err = xenbus_transaction_end(t, 0);
	} while (err == -EAGAIN);
	return err;
}

/* Our own nodes: enum usbif_xb_keys, and the state and online nodes. */
u8 xub_keys_own(struct xub_ctrl *c, u8 *state, bool *online)
{
	const char *dir = c->xdev->nodename;
	struct usbif_xb_texts texts = {};
	char *text;
	int keys;

	text = read_node(XBT_NIL, dir, "state");
	*state = usbif_xb_parse_state(text);
	kfree(text);
	text = read_node(XBT_NIL, dir, "online");
	*online = usbif_xb_parse_online(text);
	kfree(text);
	texts.text[USBIF_XB_KEY_NUM_PORTS] =
		read_node(XBT_NIL, dir, USBIF_KEY_NUM_PORTS);
	texts.text[USBIF_XB_KEY_USB_VER] =
		read_node(XBT_NIL, dir, USBIF_KEY_USB_VER);
	keys = usbif_xb_negotiate_own(&texts, &c->agreed, &c->bad);
	if (keys != USBIF_XB_KEYS_OK)
		describe(c, "backend", &texts, &c->bad);
	free_texts(&texts);
	return keys;
}

static void read_peer_keys(struct xub_ctrl *c, struct xenbus_transaction t,
			   struct usbif_xb_texts *texts)
{
	unsigned int key;

	for (key = USBIF_XB_KEY_ENDPOINT_QUEUES; key < USBIF_XB_KEY_N; key++) {
		texts->text[key] = read_node(t, c->otherend,
					     usbif_xb_key_name(key));
		if (key >= USBIF_XB_KEY_URB_RING_REF && !texts->text[key])
			return;
	}
}

static u8 judge_peer(struct xub_ctrl *c, const struct usbif_xb_texts *texts)
{
	const struct usbif_xb_offer offer = {
		.ring_pages = xub_max_ring_pages(),
		.queues_rev = QUEUES_REV,
		.request_pages = xub_max_request_pages(),
	};
	int keys = usbif_xb_negotiate_back(texts, &offer, &c->agreed, &c->bad);

	if (keys != USBIF_XB_KEYS_OK)
		describe(c, "frontend", texts, &c->bad);
	else if (c->conn && usbif_xb_config_same(&c->agreed, &c->used))
		keys = USBIF_XB_KEYS_SAME;
	return keys;
}

/* The frontend's: enum usbif_xb_keys, and its state. */
u8 xub_keys_peer(struct xub_ctrl *c, u8 *state)
{
	struct usbif_xb_texts texts = {};
	struct xenbus_transaction t;
	u8 keys = USBIF_XB_KEYS_ABSENT;
	bool offers;
	int tries = 0;
	char *text;

	do {
		free_texts(&texts);
		if (xenbus_transaction_start(&t))
			t = XBT_NIL;
		text = read_node(t, c->otherend, "state");
		*state = usbif_xb_parse_state(text);
		kfree(text);
		offers = *state == USBIF_XB_INITIALISED ||
			 *state == USBIF_XB_CONNECTED;
		if (offers)
			read_peer_keys(c, t, &texts);
	} while (t.id && xenbus_transaction_end(t, 0) == -EAGAIN &&
		 ++tries < TRIES);
	if (offers)
		keys = judge_peer(c, &texts);
	free_texts(&texts);
	return keys;
}

static char *port_dir(struct xub_ctrl *c)
{
	return kasprintf(GFP_KERNEL, "%s/port", c->xdev->nodename);
}

static void read_port(struct xub_port *p, const char *dir)
{
	struct xub_ctrl *c = p->ctrl;
	char node[4], *text;
	bool bad;

	snprintf(node, sizeof(node), "%u", p->nr);
	text = read_node(XBT_NIL, dir, node);
	bad = usbif_xb_parse_port(text, p->busid) == USBIF_XB_KEYS_BAD;
	if (bad && !p->bad)
		xenbus_dev_error(c->xdev, -EINVAL,
				 "port/%u is \"%*pE\", must be empty or the bus id of a USB device, such as 3-1.5",
				 p->nr, shown(text), text);
	p->bad = bad;
	kfree(text);
}

/* The number of a port that there is not and that has a device, or 0. */
static unsigned int beyond(struct xub_ctrl *c, const char *dir,
			   const char *node)
{
	char *text = read_node(XBT_NIL, dir, node);
	unsigned int nr = 0;

	if (!text || !*text || kstrtouint(node, 10, &nr) ||
	    nr <= c->agreed.num_ports)
		nr = 0;
	kfree(text);
	return nr;
}

/* The toolstack lets its user ask for any port. */
static void read_beyond(struct xub_ctrl *c, const char *dir)
{
	unsigned int i, n, nr, found = 0;
	char **nodes = xenbus_directory(XBT_NIL, dir, "", &n);

	if (IS_ERR(nodes))
		return;
	for (i = 0; i < n; i++) {
		nr = beyond(c, dir, nodes[i]);
		found = nr ? nr : found;
	}
	kfree(nodes);
	if (found && found != c->beyond)
		xenbus_dev_error(c->xdev, -EINVAL,
				 "there is no port %u: the controller has %u ports",
				 found, c->agreed.num_ports);
	c->beyond = found;
}

/* Read which device belongs to each port.  Under xub_mutex. */
void xub_keys_ports(struct xub_ctrl *c)
{
	char *dir = port_dir(c);
	unsigned int i;

	if (!dir)
		return;
	for (i = 0; i < c->agreed.num_ports; i++)
		read_port(&c->port[i], dir);
	read_beyond(c, dir);
	kfree(dir);
}

/*
 * A device is gone for good: its bus id in a port node would make the
 * toolstack fail for every other device as well.  Under xub_mutex.
 */
void xub_keys_free_port(struct xub_ctrl *c, u8 port)
{
	struct xub_port *p = &c->port[port - 1];
	char *dir = port_dir(c), *text;
	char node[4];

	if (!dir)
		return;
	snprintf(node, sizeof(node), "%u", port);
	text = read_node(XBT_NIL, dir, node);
	if (text && !strcmp(text, p->busid) &&
	    !xenbus_write(XBT_NIL, dir, node, ""))
		p->busid[0] = 0;
	kfree(text);
	kfree(dir);
}
