// SPDX-License-Identifier: MIT
/*
 * Which host controllers may have several requests of an endpoint at a time:
 * those that stop an endpoint by themselves when a request fails.  No kernel
 * interface tells, so a parameter does.
 */
#include <linux/ctype.h>

#include "xub.h"

#define NONE	"none"

/* The length of the name at the start of a list, without its comma. */
static size_t name_length(const char *list)
{
	return strcspn(list, ",");
}

/* True if the list is "none", or names with a comma between them. */
bool xub_hc_list_is_valid(const char *list)
{
	size_t n = name_length(list), i;

	for (;;) {
		if (!n || !isalnum(*list))
			return false;
		for (i = 0; i < n; i++)
			if (!isalnum(list[i]) && list[i] != '-' &&
			    list[i] != '_')
				return false;
		list += n;
		if (!*list)
			return true;
		n = name_length(++list);
	}
}

static bool is_listed(const char *list, const char *name)
{
	size_t n;

	for (; *list; list += n + (list[n] == ',')) {
		n = name_length(list);
		if (strlen(name) == n && !strncmp(list, name, n))
			return true;
	}
	return false;
}

/* A long request goes to some by pieces, and nothing may come between these. */
static bool takes_whole(const struct usb_device *udev,
			unsigned int request_pages)
{
	return request_pages <= USBIF_WIRE_MAX_SEGS ||
	       udev->bus->sg_tablesize >= request_pages;
}

/* How many requests of an endpoint the device's host controller may have. */
u16 xub_hc_depth_of(const struct usb_device *udev, unsigned int request_pages)
{
	const struct device *controller = udev->bus->controller;
	const char *root_hub = dev_name(&udev->bus->root_hub->dev);

	if (!strcmp(xub_pipelined, NONE) || !takes_whole(udev, request_pages))
		return 1;
	if (is_listed(xub_pipelined, root_hub) ||
	    (controller->driver &&
	     is_listed(xub_pipelined, controller->driver->name)))
		return xub_hc_depth();
	return 1;
}
