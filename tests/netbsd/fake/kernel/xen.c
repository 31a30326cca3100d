/* SPDX-License-Identifier: MIT */
/* Grants and event channels under NetBSD's names. */
#include "fake.h"

struct pic {
	int unused;
};

struct intrhand {
	int port;
	int (*handler)(void *);
	void *arg;
};

struct pic xen_pic;

int xengnt_grant_access(domid_t domain, paddr_t ma, int readonly,
			grant_ref_t *ref)
{
	int got;

	if (nb_fails("xengnt_grant_access"))
		return ENOMEM;
	got = nb_grant(domain, ma, readonly);
	if (got < 0)
		return ENOMEM;
	*ref = (grant_ref_t)got;
	return 0;
}

void xengnt_revoke_access(grant_ref_t ref)
{
	nb_grant_end(ref);
}

int xengnt_status(grant_ref_t ref)
{
	return nb_grant_in_use(ref) ? GTF_reading | GTF_writing : 0;
}

static int alloc_unbound(evtchn_op_t *op)
{
	int port;

	if (op->u.alloc_unbound.dom != DOMID_SELF)
		nb_panic("event channel of domain %u",
			 op->u.alloc_unbound.dom);
	if (nb_fails("EVTCHNOP_alloc_unbound"))
		return -28;	/* of Xen */
	port = nb_port_alloc(op->u.alloc_unbound.remote_dom);
	if (port < 0)
		return -28;	/* of Xen */
	op->u.alloc_unbound.port = (evtchn_port_t)port;
	return 0;
}

int HYPERVISOR_event_channel_op(void *arg)
{
	evtchn_op_t *op = arg;

	if (op->cmd == EVTCHNOP_alloc_unbound)
		return alloc_unbound(op);
	if (op->cmd != EVTCHNOP_close)
		nb_panic("event channel operation %u", op->cmd);
	nb_port_close(op->u.close.port);
	return 0;
}

void hypervisor_mask_event(unsigned int port)
{
	nb_port_mask(port, true);
}

void hypervisor_unmask_event(unsigned int port)
{
	nb_port_mask(port, false);
	nb_point();
}

void hypervisor_clear_event(unsigned int port)
{
	nb_port_clear(port);
}

void hypervisor_notify_via_evtchn(unsigned int port)
{
	nb_port_notify(port);
}

static int call(void *arg)
{
	struct intrhand *ih = arg;

	return ih->handler(ih->arg);
}

void *xen_intr_establish_xname(int legacy, struct pic *pic, int port,
			       int type, int level, int (*handler)(void *),
			       void *arg, bool mpsafe, const char *name)
{
	struct intrhand *ih;

	(void)name;
	assert_sleepable();
	if (legacy != -1 || pic != &xen_pic || type != IST_LEVEL ||
	    level != IPL_VM || !mpsafe)
		nb_panic("xen_intr_establish_xname: no handler of USB's kind");
	if (nb_fails("xen_intr_establish_xname"))
		return NULL;
	ih = nb_alloc(sizeof(*ih));
	ih->port = port;
	ih->handler = handler;
	ih->arg = arg;
	nb_port_bind((unsigned int)port, call, ih);
	return ih;
}

void xen_intr_disestablish(struct intrhand *ih)
{
	assert_sleepable();
	nb_port_unbind((unsigned int)ih->port);
	nb_free(ih, sizeof(*ih));
}
