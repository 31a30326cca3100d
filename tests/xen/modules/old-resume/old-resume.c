// SPDX-License-Identifier: MIT
/*
 * Loading it tells every USB frontend to resume, as xenbus of older kernels
 * does after each sleep.  Newer ones do so after a restore only.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <xen/xenbus.h>

/* For nothing but a way to the bus, which is not exported. */
static const struct xenbus_device_id ids[] = {
	{ "old-resume" },
	{ "" }
};

static int probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	return -ENODEV;
}

static struct xenbus_driver driver = {
	.name = "old-resume",
	.ids = ids,
	.probe = probe,
	.not_essential = true,
};

static int resume(struct device *dev, void *told)
{
	struct xenbus_device *xdev = to_xenbus_device(dev);

	device_lock(dev);
	if (dev->driver && !strcmp(xdev->devicetype, "vusb")) {
		xdev->state = XenbusStateInitialising;
		to_xenbus_driver(dev->driver)->resume(xdev);
		(*(int *)told)++;
	}
	device_unlock(dev);
	return 0;
}

static int __init old_resume_init(void)
{
	int told = 0, err = xenbus_register_frontend(&driver);

	if (err)
		return err;
	bus_for_each_dev(driver.driver.bus, NULL, &told, resume);
	xenbus_unregister_driver(&driver);
	return told ? 0 : -ENODEV;
}

static void __exit old_resume_exit(void)
{
}

module_init(old_resume_init);
module_exit(old_resume_exit);
MODULE_DESCRIPTION("Test: frontends that are told to resume after a sleep");
MODULE_LICENSE("Dual MIT/GPL");
