/* SPDX-License-Identifier: MIT */
/* The numbers and descriptors of USB under NetBSD's names. */
#ifndef FAKE_USB_H
#define FAKE_USB_H

#include <fake/types.h>

#define USB_MAX_DEVICES		128
#define USB_START_ADDR		0
#define USB_CONTROL_ENDPOINT	0
#define USB_MAX_ENDPOINTS	16
#define USB_MAX_IPACKET		8
#define USB_2_MAX_CTRL_PACKET	64
#define USB_MAX_POWER		500
#define USB_MIN_POWER		100
#define USB_SPEED_LOW		1
#define USB_SPEED_FULL		2
#define USB_SPEED_HIGH		3
#define USB_PORT_RESET_DELAY	50
#define USB_PORT_RESET_RECOVERY	250
#define USB_PORT_POWERUP_DELAY	300
#define USB_SET_ADDRESS_SETTLE	10

typedef uint8_t uByte;
typedef uint8_t uWord[2];
typedef uint8_t uDWord[4];
#define UPACKED		__packed

#define UGETW(w)	((w)[0] | ((w)[1] << 8))
#define USETW(w, v)	((w)[0] = (uint8_t)(v), (w)[1] = (uint8_t)((v) >> 8))
#define USETW2(w, h, l)	((w)[0] = (uint8_t)(l), (w)[1] = (uint8_t)(h))
#define USETWD(v)	{ (uint8_t)(v), (uint8_t)((v) >> 8) }

typedef struct {
	uByte bmRequestType;
	uByte bRequest;
	uWord wValue;
	uWord wIndex;
	uWord wLength;
} UPACKED usb_device_request_t;

#define UT_WRITE		0x00
#define UT_READ			0x80
#define UT_STANDARD		0x00
#define UT_CLASS		0x20
#define UT_VENDOR		0x40
#define UT_DEVICE		0x00
#define UT_INTERFACE		0x01
#define UT_ENDPOINT		0x02
#define UT_OTHER		0x03
#define UT_GET_DIR(a)		((a) & 0x80)
#define UT_GET_TYPE(a)		((a) & 0x60)
#define UT_GET_RECIPIENT(a)	((a) & 0x1f)
#define UT_READ_DEVICE		(UT_READ | UT_STANDARD | UT_DEVICE)
#define UT_READ_INTERFACE	(UT_READ | UT_STANDARD | UT_INTERFACE)
#define UT_READ_ENDPOINT	(UT_READ | UT_STANDARD | UT_ENDPOINT)
#define UT_WRITE_DEVICE		(UT_WRITE | UT_STANDARD | UT_DEVICE)
#define UT_WRITE_INTERFACE	(UT_WRITE | UT_STANDARD | UT_INTERFACE)
#define UT_WRITE_ENDPOINT	(UT_WRITE | UT_STANDARD | UT_ENDPOINT)
#define UT_READ_CLASS_DEVICE	(UT_READ | UT_CLASS | UT_DEVICE)
#define UT_READ_CLASS_INTERFACE	(UT_READ | UT_CLASS | UT_INTERFACE)
#define UT_READ_CLASS_OTHER	(UT_READ | UT_CLASS | UT_OTHER)
#define UT_WRITE_CLASS_DEVICE	(UT_WRITE | UT_CLASS | UT_DEVICE)
#define UT_WRITE_CLASS_INTERFACE (UT_WRITE | UT_CLASS | UT_INTERFACE)
#define UT_WRITE_CLASS_OTHER	(UT_WRITE | UT_CLASS | UT_OTHER)
#define UT_READ_VENDOR_DEVICE	(UT_READ | UT_VENDOR | UT_DEVICE)
#define UT_WRITE_VENDOR_DEVICE	(UT_WRITE | UT_VENDOR | UT_DEVICE)

#define UR_GET_STATUS		0x00
#define UR_CLEAR_FEATURE	0x01
#define UR_SET_FEATURE		0x03
#define UR_SET_ADDRESS		0x05
#define UR_GET_DESCRIPTOR	0x06
#define UR_SET_DESCRIPTOR	0x07
#define UR_GET_CONFIG		0x08
#define UR_SET_CONFIG		0x09
#define UR_GET_INTERFACE	0x0a
#define UR_SET_INTERFACE	0x0b
#define UR_CLEAR_TT_BUFFER	0x08
#define UR_RESET_TT		0x09
#define UR_GET_TT_STATE		0x0a
#define UR_STOP_TT		0x0b

#define UDESC_DEVICE		0x01
#define UDESC_CONFIG		0x02
#define UDESC_STRING		0x03
#define UDESC_INTERFACE		0x04
#define UDESC_ENDPOINT		0x05
#define UDESC_HUB		0x29
#define USB_LANGUAGE_TABLE	0

#define UF_ENDPOINT_HALT	0
#define UDCLASS_HUB		0x09
#define UDSUBCLASS_HUB		0x00

#define UE_DIR_IN		0x80
#define UE_DIR_OUT		0x00
#define UE_ADDR			0x0f
#define UE_GET_DIR(a)		((a) & 0x80)
#define UE_GET_ADDR(a)		((a) & UE_ADDR)
#define UE_XFERTYPE		0x03
#define UE_CONTROL		0x00
#define UE_ISOCHRONOUS		0x01
#define UE_BULK			0x02
#define UE_INTERRUPT		0x03
#define UE_GET_XFERTYPE(a)	((a) & UE_XFERTYPE)
#define UE_GET_TRANS(a)		(((a) >> 11) & 0x3)
#define UE_GET_SIZE(a)		((a) & 0x7ff)

typedef struct {
	uByte bLength;
	uByte bDescriptorType;
} UPACKED usb_descriptor_t;

typedef struct {
	uByte bLength;
	uByte bDescriptorType;
	uWord bcdUSB;
	uByte bDeviceClass;
	uByte bDeviceSubClass;
	uByte bDeviceProtocol;
	uByte bMaxPacketSize;
	uWord idVendor;
	uWord idProduct;
	uWord bcdDevice;
	uByte iManufacturer;
	uByte iProduct;
	uByte iSerialNumber;
	uByte bNumConfigurations;
} UPACKED usb_device_descriptor_t;
#define USB_DEVICE_DESCRIPTOR_SIZE	18

typedef struct {
	uByte bLength;
	uByte bDescriptorType;
	uWord wTotalLength;
	uByte bNumInterface;
	uByte bConfigurationValue;
	uByte iConfiguration;
	uByte bmAttributes;
	uByte bMaxPower;
} UPACKED usb_config_descriptor_t;
#define USB_CONFIG_DESCRIPTOR_SIZE	9

typedef struct {
	uByte bLength;
	uByte bDescriptorType;
	uByte bInterfaceNumber;
	uByte bAlternateSetting;
	uByte bNumEndpoints;
	uByte bInterfaceClass;
	uByte bInterfaceSubClass;
	uByte bInterfaceProtocol;
	uByte iInterface;
} UPACKED usb_interface_descriptor_t;

typedef struct {
	uByte bLength;
	uByte bDescriptorType;
	uByte bEndpointAddress;
	uByte bmAttributes;
	uWord wMaxPacketSize;
	uByte bInterval;
} UPACKED usb_endpoint_descriptor_t;
#define USB_ENDPOINT_DESCRIPTOR_SIZE	7

typedef struct {
	uByte bLength;
	uByte bDescriptorType;
	uWord bString[126];
} UPACKED usb_string_descriptor_t;

typedef struct {
	uByte bDescLength;
	uByte bDescriptorType;
	uByte bNbrPorts;
	uWord wHubCharacteristics;
	uByte bPwrOn2PwrGood;
	uByte bHubContrCurrent;
	uByte DeviceRemovable[32];
	uByte PortPowerCtrlMask[1];
} UPACKED usb_hub_descriptor_t;
#define USB_HUB_DESCRIPTOR_SIZE	9
#define UHD_PWR_INDIVIDUAL	0x0001
#define UHD_PWR_NO_SWITCH	0x0002
#define UHD_OC_INDIVIDUAL	0x0008
#define UHD_PORT_IND		0x0080

typedef struct {
	uWord wStatus;
} UPACKED usb_status_t;
#define UDS_SELF_POWERED	0x0001

typedef struct {
	uWord wHubStatus;
	uWord wHubChange;
} UPACKED usb_hub_status_t;

typedef struct {
	uWord wPortStatus;
	uWord wPortChange;
} UPACKED usb_port_status_t;

#define UPS_CURRENT_CONNECT_STATUS	0x0001
#define UPS_PORT_ENABLED		0x0002
#define UPS_SUSPEND			0x0004
#define UPS_OVERCURRENT_INDICATOR	0x0008
#define UPS_RESET			0x0010
#define UPS_PORT_POWER			0x0100
#define UPS_LOW_SPEED			0x0200
#define UPS_HIGH_SPEED			0x0400
#define UPS_C_CONNECT_STATUS		0x0001
#define UPS_C_PORT_ENABLED		0x0002
#define UPS_C_SUSPEND			0x0004
#define UPS_C_OVERCURRENT_INDICATOR	0x0008
#define UPS_C_PORT_RESET		0x0010

#define UHF_C_HUB_LOCAL_POWER		0
#define UHF_C_HUB_OVER_CURRENT		1
#define UHF_PORT_CONNECTION		0
#define UHF_PORT_ENABLE			1
#define UHF_PORT_SUSPEND		2
#define UHF_PORT_OVER_CURRENT		3
#define UHF_PORT_RESET			4
#define UHF_PORT_POWER			8
#define UHF_PORT_LOW_SPEED		9
#define UHF_C_PORT_CONNECTION		16
#define UHF_C_PORT_ENABLE		17
#define UHF_C_PORT_SUSPEND		18
#define UHF_C_PORT_OVER_CURRENT		19
#define UHF_C_PORT_RESET		20
#define UHF_PORT_TEST			21
#define UHF_PORT_INDICATOR		22

typedef struct {
	uint32_t cookie;
} usb_event_cookie_t;

struct usb_device_stats {
	u_long uds_requests[4];
};

#define USBD_SHORT_XFER_OK	0x04

#endif
