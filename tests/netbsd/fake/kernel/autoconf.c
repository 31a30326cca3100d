/* SPDX-License-Identifier: MIT */
/* Devices: autoconf(9) and pmf(9). */
#include "fake.h"

#define MOST_DEVICES	8

struct device {
	bool exists, active, has_pmf;
	struct lwp *busy;	/* attaches or detaches it */
	unsigned int generation;
	int pending;
	int unit;
	char name[16];
	const struct cfattach *ca;
	device_t parent;
	void *private;
	bool (*suspend)(device_t, const pmf_qual_t *);
	bool (*resume)(device_t, const pmf_qual_t *);
};

struct pmf_qual {
	int unused;
};

static struct device devices[MOST_DEVICES];
static const struct pmf_qual no_qualifier;
const pmf_qual_t *const PMF_Q_NONE = &no_qualifier;

device_t fake_device(device_t parent, const struct cfattach *ca, int unit)
{
	device_t d = devices;
	unsigned int generation;

	while (d < devices + MOST_DEVICES && d->exists)
		d++;
	if (d == devices + MOST_DEVICES)
		nb_panic("too many devices");
	generation = d->generation;
	memset(d, 0, sizeof(*d));
	d->generation = generation + 1;
	d->exists = true;
	d->active = true;
	d->parent = parent;
	d->ca = ca;
	d->unit = unit;
	snprintf(d->name, sizeof(d->name), "%s%d", ca->ca_name, unit);
	if (ca->ca_devsize) {
		d->private = nb_alloc(ca->ca_devsize);
		memset(d->private, 0, ca->ca_devsize);
	}
	nb_count(NB_DEVICE, 1);
	return d;
}

void fake_device_free(device_t d)
{
	if (d->pending)
		nb_panic("%s is gone with config_pending", d->name);
	if (d->has_pmf)
		nb_panic("%s is gone with a power handler", d->name);
	if (d->private)
		nb_free(d->private, d->ca->ca_devsize);
	d->private = NULL;
	d->exists = false;
	nb_count(NB_DEVICE, -1);
}

void fake_devices_reset(void)
{
	memset(devices, 0, sizeof(devices));
}

static void need_kernel_lock(const char *what)
{
	if (!_kernel_locked_p())
		nb_panic("%s without the kernel lock", what);
}

/* The bus of the guest attaches xusb, and that a usb. */
device_t config_found(device_t parent, void *aux, cfprint_t print,
		      const struct cfargs *args)
{
	const struct cfattach *ca = parent->ca == &xusb_ca ? &fake_usb_ca :
							     &xusb_ca;
	static int locators[] = { -1 };
	struct cfdata match = { .cf_name = ca->ca_name, .cf_loc = locators };
	device_t d;

	(void)print;
	(void)args;
	need_kernel_lock("config_found");
	assert_sleepable();
	if (nb_fails("config_found") || !ca->ca_match(parent, &match, aux))
		return NULL;
	d = fake_device(parent, ca, 0);
	d->busy = curlwp;
	ca->ca_attach(parent, d, aux);
	d->busy = NULL;
	nb_wake(d);
	return d;
}

/*
 * One at a time, and not before booting need not wait for it any more; false:
 * somebody else has detached it meanwhile.
 */
static bool enter_detach(device_t d)
{
	unsigned int generation = d->generation;

	while (d->exists && d->generation == generation &&
	       (d->busy || d->pending)) {
		if (d->busy == curlwp)
			nb_panic("%s is detached inside its detach", d->name);
		fake_sleep(d, NB_FOREVER);
	}
	if (!d->exists || d->generation != generation)
		return false;
	d->busy = curlwp;
	return true;
}

static void check_childless(device_t d)
{
	device_t child;

	for (child = devices; child < devices + MOST_DEVICES; child++)
		if (child->exists && child->parent == d)
			nb_panic("%s is detached and has %s", d->name,
				 child->name);
}

int config_detach(device_t d, int flags)
{
	device_t parent = d->parent;
	int err;

	_kernel_lock(1);
	if (!enter_detach(d)) {
		_kernel_unlock(1, NULL);
		return ENOENT;
	}
	err = d->ca->ca_detach(d, flags);
	if (err && (flags & DETACH_FORCE))
		nb_panic("forced detach of %s failed (%d)", d->name, err);
	if (!err) {
		check_childless(d);
		if (parent && parent->ca->ca_childdetached)
			parent->ca->ca_childdetached(parent, d);
		fake_device_free(d);
	}
	d->busy = NULL;
	nb_wake(d);
	_kernel_unlock(1, NULL);
	return err;
}

int config_detach_children(device_t parent, int flags)
{
	device_t d;
	int err = 0;

	need_kernel_lock("config_detach_children");
	for (d = devices; d < devices + MOST_DEVICES && !err; d++)
		if (d->exists && d->parent == parent)
			err = config_detach(d, flags);
	return err;
}

void config_pending_incr(device_t d)
{
	d->pending++;
}

void config_pending_decr(device_t d)
{
	if (--d->pending < 0)
		nb_panic("%s: config_pending below 0", d->name);
	nb_wake(d);
}

bool fake_is_pending(device_t d)
{
	return d->pending != 0;
}

void *device_private(device_t d)
{
	return d ? d->private : NULL;
}

int device_unit(device_t d)
{
	return d->unit;
}

const char *device_xname(device_t d)
{
	if (!d || !d->exists)
		nb_panic("the name of a device that is gone");
	return d->name;
}

device_t device_parent(device_t d)
{
	return d->parent;
}

bool device_is_active(device_t d)
{
	return d->active;
}

bool pmf_device_register1(device_t d,
			  bool (*suspend)(device_t, const pmf_qual_t *),
			  bool (*resume)(device_t, const pmf_qual_t *),
			  bool (*shutdown)(device_t, int))
{
	(void)shutdown;
	if (nb_fails("pmf_device_register"))
		return false;
	d->suspend = suspend;
	d->resume = resume;
	d->has_pmf = true;
	nb_count(NB_PMF, 1);
	return true;
}

void pmf_device_deregister(device_t d)
{
	/* NetBSD takes it if there was none. */
	if (d->has_pmf)
		nb_count(NB_PMF, -1);
	d->has_pmf = false;
}

/* Children first, and the other way round; false: a driver refused. */
bool fake_power(bool down)
{
	int i;

	for (i = 0; i < MOST_DEVICES; i++) {
		device_t d = &devices[down ? MOST_DEVICES - 1 - i : i];

		if (!d->exists || !d->has_pmf)
			continue;
		if (down && d->suspend && !d->suspend(d, PMF_Q_NONE))
			return false;
		if (!down && d->resume && !d->resume(d, PMF_Q_NONE))
			return false;
	}
	return true;
}

int config_deactivate(device_t d)
{
	int err = 0;

	if (!d->active)
		return 0;
	d->active = false;
	/* At splhigh: no mutex that sleeps. */
	nb_in_interrupt(true);
	if (d->ca->ca_activate)
		err = d->ca->ca_activate(d, DVACT_DEACTIVATE);
	nb_in_interrupt(false);
	d->active = err != 0;
	return err;
}
