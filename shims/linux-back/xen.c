// SPDX-License-Identifier: MIT
/*
 * xenbus: events for the handshake's state machine, and its actions, as
 * usbif/xenbus.h describes them.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "xub.h"

/* Once the frontend is not watched any more, how often it is looked at. */
#define LOOK_MS		50

/* "No event", for a step that leads to no other. */
#define NO_EVENT	USBIF_XB_EV_N

static u64 now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

static u8 own_state(struct xub_ctrl *c, struct xenbus_transaction t)
{
	char *text = xenbus_read(t, c->xdev->nodename, "state", NULL);
	u8 state;

	if (IS_ERR(text))
		return USBIF_XB_UNKNOWN;
	state = usbif_xb_parse_state(text);
	kfree(text);
	return state;
}

/* Returns 1 if the toolstack has changed the node, so that ours is moot. */
static int write_state(struct xub_ctrl *c, const struct usbif_xb_act *act,
		       struct xenbus_transaction t)
{
	u8 own = own_state(c, t);

	if (own == USBIF_XB_UNKNOWN ||
	    (act->from != USBIF_XB_UNKNOWN && own != act->from))
		return 1;
	return xenbus_printf(t, c->xdev->nodename, "state", "%u", act->state);
}

static void switch_state(struct xub_ctrl *c, const struct usbif_xb_act *act)
{
	struct xenbus_transaction t;
	int err, skip = 0;

	if (act->state == USBIF_XB_INITWAIT)
		xub_keys_announce(c);
	do {
		err = xenbus_transaction_start(&t);
		if (err)
			break;
		skip = write_state(c, act, t);
		err = xenbus_transaction_end(t, skip != 0);
		if (skip < 0)
			err = skip;
	} while (err == -EAGAIN);
	if (err)
		xenbus_dev_error(c->xdev, err, "writing state %s",
				 usbif_xb_state_name(act->state));
	else if (!skip)
		c->xdev->state = (enum xenbus_state)act->state;
}

static void fatal_fault(struct xub_ctrl *c)
{
	const struct xub_conn *conn = c->conn;
	enum usbif_fault fault = usbif_back_fault(&conn->back);
	char which[40] = "";

	if (fault == USBIF_FAULT_REQ_GRANT)
		snprintf(which, sizeof(which), ", grant reference %u",
			 conn->bad_ref);
	else if (conn->suspect != USBIF_NONE)
		snprintf(which, sizeof(which), ", request %u", conn->suspect);
	xenbus_dev_error(c->xdev, -EPROTO,
			 "the frontend broke the protocol: %s%s",
			 usbif_fault_name(fault), which);
}

/* One line, and the error node.  A frontend cannot flood the log. */
static void fatal(struct xub_ctrl *c, u8 why)
{
	if (!__ratelimit(&c->complaints))
		return;
	switch ((enum usbif_xb_why)why) {
	case USBIF_XB_WHY_PEER_KEYS_ABSENT:
	case USBIF_XB_WHY_PEER_KEYS_BAD:
	case USBIF_XB_WHY_OWN_KEYS:
		xenbus_dev_error(c->xdev, -EINVAL, "%s", c->why);
		break;
	case USBIF_XB_WHY_FAULT:
		fatal_fault(c);
		break;
	case USBIF_XB_WHY_CONNECT:
	case USBIF_XB_WHY_NONE:
	case USBIF_XB_WHY_N:
		/* xub_conn_connect() has said which step failed */
		break;
	}
}

static void arm(struct xub_ctrl *c, u64 at_ms)
{
	u64 now = now_ms();

	mod_delayed_work(xub_wq, &c->tick,
			 msecs_to_jiffies(at_ms > now ? at_ms - now : 0) + 1);
}

static void read_ports(struct xub_ctrl *c)
{
	mutex_lock(&xub_mutex);
	xub_keys_ports(c);
	mutex_unlock(&xub_mutex);
	xub_settle(c);
}

/* Perform one action.  Returns the event that answers it, or NO_EVENT. */
static u8 perform(struct xub_ctrl *c, const struct usbif_xb_act *act)
{
	switch ((enum usbif_xb_act_kind)act->kind) {
	case USBIF_XB_ACT_SWITCH:
		switch_state(c, act);
		break;
	case USBIF_XB_ACT_CONNECT:
		return xub_conn_connect(c) ? USBIF_XB_EV_CONNECT_FAILED :
					     USBIF_XB_EV_CONNECT_OK;
	case USBIF_XB_ACT_OPEN:
		xub_conn_open(c);
		break;
	case USBIF_XB_ACT_READ_PORTS:
		read_ports(c);
		break;
	case USBIF_XB_ACT_QUIESCE:
		xub_conn_quiesce(c);
		return USBIF_XB_EV_QUIESCED;
	case USBIF_XB_ACT_RELEASE:
		xub_conn_release(c);
		break;
	case USBIF_XB_ACT_ARM:
		arm(c, act->at_ms);
		break;
	case USBIF_XB_ACT_FATAL:
		fatal(c, act->why);
		break;
	case USBIF_XB_ACT_GONE:
		/*
		 * The device itself goes when the toolstack removes its
		 * nodes: the xenbus core unregisters it then, and two who
		 * do so would be one too many.
		 */
		c->gone = true;
		break;
	case USBIF_XB_ACT_CUT:
	case USBIF_XB_ACT_SUSPENDED:
	case USBIF_XB_ACT_N:
		break;
	}
	return NO_EVENT;
}

/*
 * One event and its actions.  *answer is set to the event that answers one of
 * them at once, and else left alone.
 */
static void deliver(struct xub_ctrl *c, u8 kind, u8 *answer)
{
	struct usbif_xb_ev ev = { .kind = kind, .now_ms = now_ms() };
	struct usbif_xb_acts acts;
	u32 i;

	if (kind == USBIF_XB_EV_PROBE || kind == USBIF_XB_EV_OWN)
		ev.keys = xub_keys_own(c, &ev.own, &ev.online);
	if (kind == USBIF_XB_EV_PEER)
		ev.keys = xub_keys_peer(c, &ev.peer);
	if (usbif_xb_back_step(&c->xb, &ev, &acts) != USBIF_OK)
		return;
	xub_note_state(c, kind);
	for (i = 0; i < acts.n; i++) {
		u8 next = perform(c, &acts.v[i]);

		if (next != NO_EVENT)
			*answer = next;
	}
}

/*
 * An event, after a look at both ends' states, and what answers it.  Under
 * c->handshake.
 */
static void step(struct xub_ctrl *c, u8 kind)
{
	u8 answer;

	while (kind != NO_EVENT) {
		answer = NO_EVENT;
		if (kind != USBIF_XB_EV_PROBE) {
			deliver(c, USBIF_XB_EV_OWN, &answer);
			deliver(c, USBIF_XB_EV_PEER, &answer);
		}
		if (kind != USBIF_XB_EV_OWN && kind != USBIF_XB_EV_PEER)
			deliver(c, kind, &answer);
		kind = answer;
	}
}

static void event(struct xub_ctrl *c, u8 kind)
{
	mutex_lock(&c->handshake);
	step(c, kind);
	mutex_unlock(&c->handshake);
}

static void tick_work(struct work_struct *work)
{
	event(container_of(to_delayed_work(work), struct xub_ctrl, tick),
	      USBIF_XB_EV_TICK);
}

/* A fault was found; was it in the connection of now? */
static void fault_work(struct work_struct *work)
{
	struct xub_ctrl *c = container_of(work, struct xub_ctrl, fault);

	mutex_lock(&c->handshake);
	if (c->conn && READ_ONCE(c->conn->broken))
		step(c, USBIF_XB_EV_FAULT);
	mutex_unlock(&c->handshake);
}

/*
 * A node has changed.  All watches of this domain's drivers are served by one
 * thread, while a step may have to wait for a device of the guest, or for a
 * guest's memory: so a work item of each controller looks, and how often a
 * guest writes does not matter.  Which node it was does not, either: a step
 * looks at both ends' states.
 */
static void look_work(struct work_struct *work)
{
	struct xub_ctrl *c = container_of(work, struct xub_ctrl, look);

	event(c, test_and_clear_bit(0, &c->ports_changed) ?
			 USBIF_XB_EV_PORTS : USBIF_XB_EV_OWN);
}

static void otherend_changed(struct xenbus_device *xdev,
			     enum xenbus_state state)
{
	struct xub_ctrl *c = dev_get_drvdata(&xdev->dev);

	if (c)
		queue_work(xub_wq, &c->look);
}

/* Something below the controller's directory changed. */
static void own_changed(struct xenbus_watch *watch, const char *path,
			const char *token)
{
	struct xub_ctrl *c = container_of(watch, struct xub_ctrl, watch);
	size_t dir = strlen(watch->node);

	if (!str_has_prefix(path, watch->node))
		return;
	path += dir;
	if (!strncmp(path, "/port", 5))
		set_bit(0, &c->ports_changed);
	else if (*path && strcmp(path, "/state") && strcmp(path, "/online"))
		return;
	queue_work(xub_wq, &c->look);
}

/* The last part of ".../vusb/DOMAIN/NUMBER". */
static unsigned int number_of(const struct xenbus_device *xdev)
{
	unsigned int nr = 0;

	if (kstrtouint(kbasename(xdev->nodename), 10, &nr))
		return 0;
	return nr;
}

static struct xub_ctrl *ctrl_new(struct xenbus_device *xdev)
{
	struct xub_ctrl *c = kzalloc(sizeof(*c), GFP_KERNEL);
	unsigned int i;

	if (!c)
		return NULL;
	c->otherend = kstrdup(xdev->otherend, GFP_KERNEL);
	if (!c->otherend) {
		kfree(c);
		return NULL;
	}
	c->counts = kvcalloc(USBIF_MAX_QUEUES, sizeof(*c->counts), GFP_KERNEL);
	if (!c->counts) {
		kfree(c->otherend);
		kfree(c);
		return NULL;
	}
	c->xdev = xdev;
	c->nr = number_of(xdev);
	mutex_init(&c->handshake);
	spin_lock_init(&c->seen_lock);
	usbif_xb_back_init(&c->xb);
	c->seen = c->xb.m;
	INIT_DELAYED_WORK(&c->tick, tick_work);
	INIT_WORK(&c->look, look_work);
	INIT_WORK(&c->fault, fault_work);
	INIT_WORK(&c->settle, xub_settle_work);
	ratelimit_state_init(&c->complaints, 10 * HZ, 5);
	ratelimit_state_init(&c->news, 60 * HZ, 100);
	/* What was left out is told when the controller goes. */
	ratelimit_set_flags(&c->complaints, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_set_flags(&c->news, RATELIMIT_MSG_ON_RELEASE);
	for (i = 0; i < USBIF_MAX_PORTS; i++) {
		c->port[i].ctrl = c;
		c->port[i].nr = i + 1;
		INIT_WORK(&c->port[i].special, xub_special_work);
		xub_rest_init(&c->port[i]);
	}
	return c;
}

static void ctrl_put_away(struct xub_ctrl *c)
{
	unsigned int i;

	xub_ctrl_remove(c);
	cancel_work_sync(&c->look);
	cancel_work_sync(&c->fault);
	cancel_work_sync(&c->settle);
	cancel_delayed_work_sync(&c->tick);
	for (i = 0; i < USBIF_MAX_PORTS; i++)
		flush_work(&c->port[i].special);
	ratelimit_state_exit(&c->complaints);
	ratelimit_state_exit(&c->news);
	dev_set_drvdata(&c->xdev->dev, NULL);
	kvfree(c->counts);
	kfree(c->otherend);
	kfree(c);
}

static int probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct xub_ctrl *c = ctrl_new(xdev);
	int err;

	if (!c)
		return -ENOMEM;
	dev_set_drvdata(&xdev->dev, c);
	event(c, USBIF_XB_EV_PROBE);
	xub_ctrl_add(c);
	c->watch.node = xdev->nodename;
	c->watch.callback = own_changed;
	xub_show_add(c);
	err = register_xenbus_watch(&c->watch);
	if (err) {
		xub_show_remove(c);
		ctrl_put_away(c);
	}
	return err;
}

/* Nobody watches the frontend any more: look at it until all is released. */
static void wait_until_gone(struct xub_ctrl *c)
{
	event(c, USBIF_XB_EV_UNLOAD);
	while (!c->gone) {
		event(c, USBIF_XB_EV_TICK);
		if (!c->gone)
			msleep(LOOK_MS);
	}
}

static void remove(struct xenbus_device *xdev)
{
	struct xub_ctrl *c = dev_get_drvdata(&xdev->dev);

	unregister_xenbus_watch(&c->watch);
	cancel_work_sync(&c->look);
	wait_until_gone(c);
	xub_show_remove(c);
	ctrl_put_away(c);
}

static const struct xenbus_device_id ids[] = {
	{ "vusb" },
	{ "" }
};

static struct xenbus_driver driver = {
	.name = XUB_NAME,
	.ids = ids,
	.probe = probe,
	.remove = remove,
	.otherend_changed = otherend_changed,
};

/*
 * Without an owner a bound device holds no reference to the module, so that
 * it can be removed while guests live: they lose their controllers first, and
 * have them back when it is loaded again.
 */
int xub_xen_register(void)
{
	return __xenbus_register_backend(&driver, NULL, KBUILD_MODNAME);
}

void xub_xen_unregister(void)
{
	xenbus_unregister_driver(&driver);
}
