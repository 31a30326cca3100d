/* SPDX-License-Identifier: MIT */
/* A back's ports: plug, unplug (rule B7), and what the front is told of it. */
#include "back_private.h"

void usbif_back_forget_addr(struct usbif_back *b, uint8_t port)
{
	struct usbif_back_port *p = &b->port[port - 1];

	if (p->addr != 0)
		b->port_of_addr[p->addr] = 0;
	p->addr = 0;
}

static void arrive(struct usbif_back *b, uint8_t port, uint8_t speed)
{
	struct usbif_back_port *p = &b->port[port - 1];

	usbif_bq_fresh(&b->bq, port);
	p->present = true;
	p->speed = speed;
	p->next_speed = USBIF_WIRE_SPEED_NONE;
	p->reset_due = false;
	usbif_back_set_endpoint(b, port, 0, false, USBIF_XFER_CTRL,
				speed == USBIF_WIRE_SPEED_LOW ? 8 : 64, 0);
}

int usbif_back_plug(struct usbif_back *b, uint8_t port, uint8_t speed)
{
	struct usbif_back_port *p;

	if (port < 1 || port > b->config.num_ports ||
	    speed == USBIF_WIRE_SPEED_NONE || speed > USBIF_WIRE_SPEED_HIGH)
		return USBIF_E_ARG;
	p = &b->port[port - 1];
	if (b->closing || (p->present && !p->leaving))
		return USBIF_E_STATE;
	if (p->leaving)
		p->next_speed = speed;
	else
		arrive(b, port, speed);
	return USBIF_OK;
}

void usbif_back_unplug(struct usbif_back *b, uint8_t port)
{
	struct usbif_back_port *p = &b->port[port - 1];

	p->next_speed = USBIF_WIRE_SPEED_NONE;
	if (!p->present || p->leaving)
		return;
	p->leaving = true;
	usbif_bq_gone(&b->bq, port);
	usbif_back_settle_port(b, port);
}

void usbif_back_settle_port(struct usbif_back *b, uint8_t port)
{
	struct usbif_back_port *p = &b->port[port - 1];

	if (!usbif_bq_port_is_idle(&b->bq, port))
		return;
	p->leaving = false;
	p->present = false;
	usbif_back_forget_addr(b, port);
	if (p->told_speed != USBIF_WIRE_SPEED_NONE)
		p->unplug_due = true;
	if (p->next_speed != USBIF_WIRE_SPEED_NONE)
		arrive(b, port, p->next_speed);
}

uint32_t usbif_back_in_hc(const struct usbif_back *b, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;
	uint32_t n = 0;

	for (i = 0; i < USBIF_EPS; i++)
		n += b->bq.queue[first + i].in_hc;
	return n;
}

void usbif_back_set_endpoint(struct usbif_back *b, uint8_t port, uint8_t ep,
			     bool in, uint8_t type, uint16_t max_packet,
			     uint8_t iface)
{
	usbif_bq_set_endpoint(&b->bq, usbif_queue_index(port, ep, in), type,
			      max_packet, iface);
}

void usbif_back_clear_endpoints(struct usbif_back *b, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	for (i = 1; i < USBIF_EPS; i++)
		usbif_bq_set_endpoint(&b->bq, (uint16_t)(first + i),
				      b->bq.queue[first + i].type, 0, 0);
}

void usbif_back_set_depth(struct usbif_back *b, uint8_t port, uint16_t depth)
{
	usbif_bq_set_depth(&b->bq, port, depth);
}

/* The speed the front is to be told now, or -1: it knows all there is. */
static int news_of(const struct usbif_back_port *p)
{
	if (p->unplug_due)
		return USBIF_WIRE_SPEED_NONE;
	if (p->present && !p->leaving &&
	    p->told_speed == USBIF_WIRE_SPEED_NONE)
		return p->speed;
	return -1;
}

bool usbif_back_has_news(const struct usbif_back *b)
{
	uint8_t i;

	for (i = 0; i < b->config.num_ports; i++)
		if (!b->closing && news_of(&b->port[i]) >= 0)
			return true;
	return false;
}

/*
 * Tell the front one thing about a port.
 * Returns 1 (told), 0 (nothing to tell, or no request posted), or
 * USBIF_E_PEER.
 */
static int tell(struct usbif_back *b, void *conn_ring, uint8_t port)
{
	struct usbif_back_port *p = &b->port[port - 1];
	uint8_t entry[USBIF_WIRE_CONN_OCTETS];
	struct usbif_msg_conn conn;
	int speed = news_of(p), n;

	if (speed < 0)
		return 0;
	n = usbif_ring_take(&b->conn_ring, conn_ring, entry,
			    USBIF_WIRE_CONN_REQ_OCTETS);
	if (n <= 0)
		return n;
	conn.id = usbif_msg_decode_conn_req(entry);
	conn.port = port;
	conn.speed = (uint8_t)speed;
	usbif_msg_encode_conn(&conn, entry);
	/* There is room: a request has just been taken. */
	usbif_ring_put(&b->conn_ring, conn_ring, entry, sizeof(entry));
	p->unplug_due = false;
	p->told_speed = conn.speed;
	return 1;
}

int usbif_back_tell_ports(struct usbif_back *b, void *conn_ring, bool *notify)
{
	uint8_t port;
	int n = 0;

	if (b->closing)
		return USBIF_OK;
	for (port = 1; port <= b->config.num_ports && n >= 0; port++) {
		do {
			n = tell(b, conn_ring, port);
		} while (n > 0);
	}
	if (n < 0) {
		usbif_back_accuse(b, USBIF_FAULT_RING_INDEX);
		return USBIF_E_PEER;
	}
	if (usbif_ring_push(&b->conn_ring, conn_ring))
		*notify = true;
	return USBIF_OK;
}

void usbif_back_close(struct usbif_back *b)
{
	uint8_t port;

	b->closing = true;
	for (port = 1; port <= b->config.num_ports; port++)
		usbif_back_unplug(b, port);
}
