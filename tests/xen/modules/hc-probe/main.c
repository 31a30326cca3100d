// SPDX-License-Identifier: MIT
/*
 * The USB interface driver, and its file "hc_probe" in the interface's sysfs
 * directory: "TEST RUNS [HOW [NUMBER]]" written to it performs a test; read,
 * it has the last result.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "probe.h"

static const struct {
	const char *name;
	int (*run)(struct probe *probe, const struct probe_args *args);
} tests[] = {
	{ "order", probe_test_order },
	{ "sequence", probe_test_sequence },
	{ "stop", probe_test_stop },
	{ "length-in", probe_test_length_in },
	{ "length-out", probe_test_length_out },
	{ "length-disk", probe_test_length_disk },
};

static ssize_t hc_probe_store(struct device *dev, struct device_attribute *attr,
			      const char *text, size_t size)
{
	struct probe *probe = usb_get_intfdata(to_usb_interface(dev));
	struct probe_args args = { .how = "" };
	char name[16];
	unsigned int i;
	int ret = -EINVAL;

	if (sscanf(text, "%15s %u %15s %u", name, &args.runs, args.how,
		   &args.number) < 2)
		return -EINVAL;
	mutex_lock(&probe->lock);
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		if (!strcmp(name, tests[i].name))
			ret = tests[i].run(probe, &args);
	mutex_unlock(&probe->lock);
	return ret ? ret : size;
}

static ssize_t hc_probe_show(struct device *dev, struct device_attribute *attr,
			     char *to)
{
	struct probe *probe = usb_get_intfdata(to_usb_interface(dev));

	return sysfs_emit(to, "%s\n", probe->result);
}
static DEVICE_ATTR_RW(hc_probe);

static struct attribute *hc_probe_attrs[] = { &dev_attr_hc_probe.attr, NULL };
ATTRIBUTE_GROUPS(hc_probe);

static int find_endpoints(struct probe *probe)
{
	struct usb_endpoint_descriptor *in, *out;

	if (usb_find_common_endpoints(probe->intf->cur_altsetting, &in, &out,
				      NULL, NULL))
		return -ENODEV;
	probe->in1 = in->bEndpointAddress;
	probe->out1 = out->bEndpointAddress;
	return 0;
}

static int probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	struct probe *probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!probe)
		return ret;
	probe->intf = intf;
	probe->udev = interface_to_usbdev(intf);
	mutex_init(&probe->lock);
	init_completion(&probe->all_back);
	ret = find_endpoints(probe);
	if (!ret)
		ret = probe_alloc(probe);
	if (ret) {
		probe_free(probe);
		kfree(probe);
		return ret;
	}
	usb_set_intfdata(intf, probe);
	return 0;
}

static void disconnect(struct usb_interface *intf)
{
	struct probe *probe = usb_get_intfdata(intf);

	probe_free(probe);
	kfree(probe);
}

/* None: the device is named in the file new_id. */
static const struct usb_device_id ids[] = { { } };

static struct usb_driver hc_probe_driver = {
	.name = "hc-probe",
	.probe = probe,
	.disconnect = disconnect,
	.id_table = ids,
	.dev_groups = hc_probe_groups,
};
module_usb_driver(hc_probe_driver);

MODULE_DESCRIPTION("What host controllers do with endpoint queues");
MODULE_LICENSE("Dual MIT/GPL");
