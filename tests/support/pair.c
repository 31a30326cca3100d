/* SPDX-License-Identifier: MIT */
#include "support/pair.h"

void pair_open(struct pair *p, uint32_t pages, uint32_t entry_octets)
{
	shared_map(&p->mem, pages);
	usbif_ring_front_init(&p->front, p->mem.front, pages, entry_octets);
	usbif_ring_back_init(&p->back, pages, entry_octets);
}

void pair_close(struct pair *p)
{
	shared_unmap(&p->mem);
}

static void jump(struct usbif_ring *r, uint32_t seq)
{
	r->req_seq = seq;
	r->rsp_seq = seq;
	r->told_seq = seq;
	r->broken = false;
}

void pair_jump(struct pair *p, uint32_t seq)
{
	jump(&p->front, seq);
	jump(&p->back, seq);
	shared_set(&p->mem, USBIF_WIRE_REQ_PROD, seq);
	shared_set(&p->mem, USBIF_WIRE_RSP_PROD, seq);
	shared_set(&p->mem, USBIF_WIRE_REQ_EVENT, seq + 1);
	shared_set(&p->mem, USBIF_WIRE_RSP_EVENT, seq + 1);
}

int front_put(struct pair *p, uint32_t value)
{
	return usbif_ring_put(&p->front, p->mem.front, &value, sizeof(value));
}

int back_put(struct pair *p, uint32_t value)
{
	return usbif_ring_put(&p->back, p->mem.back, &value, sizeof(value));
}

int front_take(struct pair *p, uint32_t *value)
{
	return usbif_ring_take(&p->front, p->mem.front, value, sizeof(*value));
}

int back_take(struct pair *p, uint32_t *value)
{
	return usbif_ring_take(&p->back, p->mem.back, value, sizeof(*value));
}
