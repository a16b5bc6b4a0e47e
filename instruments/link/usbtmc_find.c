/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc_find.h"

#include "base/clock.h"
#include "base/error.h"

#include <string.h>

enum {
	SUBCLASS_USBTMC = 0x03,
	PROTOCOL_USB488 = 0x01,
	PACKET_MASK = 0x7ff, /* the size in wMaxPacketSize */
};

static const char not_allowed[] =
	"this user may not open it; a udev rule has to allow it (MODE=\"0660\" and a GROUP)";

static gboolean failed(int result, const char *what, GError **error)
{
	if (result == LIBUSB_ERROR_ACCESS)
		station_error_set(error, STATION_ERROR_IO, "%s: %s", what, not_allowed);
	else if (result == LIBUSB_ERROR_BUSY)
		station_error_set(error, STATION_ERROR_REFUSED, "%s: in use by another program",
		                  what);
	else if (result == LIBUSB_ERROR_NO_DEVICE)
		station_error_set(error, STATION_ERROR_IO, "%s: unplugged", what);
	else
		station_error_set(error, STATION_ERROR_IO, "%s: %s", what, libusb_strerror(result));
	return FALSE;
}

/* ---- descriptors ---- */

static void take_endpoint(struct usbtmc_place *place,
                          const struct libusb_endpoint_descriptor *endpoint)
{
	guint8 address = endpoint->bEndpointAddress;
	guint packet = endpoint->wMaxPacketSize & PACKET_MASK;
	gboolean is_in = address & LIBUSB_ENDPOINT_IN;

	switch (endpoint->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) {
	case LIBUSB_TRANSFER_TYPE_BULK:
		if (is_in && !place->bulk_in) {
			place->bulk_in = address;
			place->packet = packet;
		} else if (!is_in && !place->bulk_out) {
			place->bulk_out = address;
		}
		break;
	case LIBUSB_TRANSFER_TYPE_INTERRUPT:
		if (is_in && !place->interrupt_in) {
			place->interrupt_in = address;
			place->interrupt_packet = packet;
		}
		break;
	default:
		break;
	}
}

/* FALSE: this setting is no USBTMC interface that can be used. */
static gboolean take_setting(struct usbtmc_place *place,
                             const struct libusb_interface_descriptor *setting)
{
	if (setting->bInterfaceClass != LIBUSB_CLASS_APPLICATION ||
	    setting->bInterfaceSubClass != SUBCLASS_USBTMC)
		return FALSE;
	*place = (struct usbtmc_place){
		.interface = setting->bInterfaceNumber,
		.alternate = setting->bAlternateSetting,
		.usb488 = setting->bInterfaceProtocol == PROTOCOL_USB488,
	};
	for (int i = 0; i < setting->bNumEndpoints; i++)
		take_endpoint(place, &setting->endpoint[i]);
	return place->bulk_in && place->bulk_out && place->packet > 0;
}

/* The first setting of each USBTMC interface, in the order of the descriptors. */
static GArray *places_of(libusb_device *usb)
{
	struct libusb_config_descriptor *config = NULL;
	GArray *places = g_array_new(FALSE, FALSE, sizeof(struct usbtmc_place));

	if (libusb_get_active_config_descriptor(usb, &config) != LIBUSB_SUCCESS)
		return places;
	for (int i = 0; i < config->bNumInterfaces; i++) {
		const struct libusb_interface *interface = &config->interface[i];
		struct usbtmc_place place;
		for (int j = 0; j < interface->num_altsetting; j++)
			if (take_setting(&place, &interface->altsetting[j])) {
				g_array_append_val(places, place);
				break;
			}
	}
	libusb_free_config_descriptor(config);
	return places;
}

static gboolean find_place(libusb_device *usb, int interface, struct usbtmc_place *place)
{
	g_autoptr(GArray) places = places_of(usb);

	for (guint i = 0; i < places->len; i++) {
		*place = g_array_index(places, struct usbtmc_place, i);
		if (interface < 0 || interface == place->interface)
			return TRUE;
	}
	return FALSE;
}

/* ---- opening ---- */

/* What the search has met, for the text when it ends with nothing. */
struct search {
	const struct usbtmc_address *address;
	GString *others; /* serial numbers */
	GError *cause;   /* why the first that could not be asked could not; null: none */
};

/* Another unit of the same model, gone or silent, must not keep us from ours for long. */
static const double serial_s = 1;

static const double come_back_s = 5;
static const double look_again_s = 0.05;

/* Opens usb when it is the one. */
static void try_device(struct usbtmc_device *device, libusb_device *usb, struct search *search,
                       const struct bounds *bounds)
{
	const struct usbtmc_address *address = search->address;
	const struct bounds own = bounds_within(bounds, serial_s);
	struct libusb_device_descriptor about;
	g_autoptr(GError) cause = NULL;

	if (libusb_get_device_descriptor(usb, &about) != LIBUSB_SUCCESS ||
	    about.idVendor != address->vendor || about.idProduct != address->product ||
	    !find_place(usb, address->interface, &device->place))
		return;
	int result = libusb_open(usb, &device->handle);
	if (result == LIBUSB_SUCCESS) {
		g_autofree char *serial = usbtmc_string(device, about.iSerialNumber, &own, &cause);
		if (!cause && g_strcmp0(serial, address->serial) == 0)
			return;
		if (serial)
			g_string_append_printf(search->others, "%s%s",
			                       search->others->len ? ", " : "", serial);
		if (device->handle)
			libusb_close(device->handle);
	} else {
		failed(result, "open", &cause);
	}
	device->handle = NULL;
	device->unplugged = FALSE;
	if (cause && !search->cause)
		search->cause = g_steal_pointer(&cause);
}

static gboolean not_found(struct search *search, GError **error)
{
	const struct usbtmc_address *address = search->address;

	if (search->cause)
		g_propagate_error(error, g_steal_pointer(&search->cause));
	else if (search->others->len > 0)
		station_error_set(error, STATION_ERROR_IO,
		                  "serial number %s is not plugged in, but %s", address->serial,
		                  search->others->str);
	else
		station_error_set(error, STATION_ERROR_IO,
		                  "no such USBTMC interface is plugged in");
	g_prefix_error(error, "%04x:%04x: ", address->vendor, address->product);
	return FALSE;
}

static gboolean find_device(struct usbtmc_device *device, const struct usbtmc_address *address,
                            const struct bounds *bounds, GError **error)
{
	g_autoptr(GString) others = g_string_new(NULL);
	struct search search = {address, others, NULL};
	libusb_device **list = NULL;

	gssize count = libusb_get_device_list(device->context, &list);
	if (count < 0)
		return failed((int)count, "look for USB devices", error);
	for (gssize i = 0; i < count && !device->handle && bounds_check(bounds, "open", NULL); i++)
		try_device(device, list[i], &search, bounds);
	libusb_free_device_list(list, 1);
	gboolean found = device->handle != NULL;
	if (!found && bounds_check(bounds, "open", error))
		not_found(&search, error);
	g_clear_error(&search.cause);
	return found;
}

static gboolean claim(struct usbtmc_device *device, GError **error)
{
	/* where there are no drivers to detach, claiming still works */
	libusb_set_auto_detach_kernel_driver(device->handle, 1);
	int result = libusb_claim_interface(device->handle, device->place.interface);
	if (result == LIBUSB_SUCCESS && device->place.alternate != 0)
		result = libusb_set_interface_alt_setting(device->handle, device->place.interface,
		                                          device->place.alternate);
	return result == LIBUSB_SUCCESS || failed(result, "claim", error);
}

static gboolean begin(struct usbtmc_device *device, GError **error)
{
	*device = (struct usbtmc_device){0};
	int result = libusb_init(&device->context);
	if (result == LIBUSB_SUCCESS)
		return TRUE;
	device->context = NULL;
	return failed(result, "start libusb", error);
}

static gboolean open_once(struct usbtmc_device *device, const struct usbtmc_address *address,
                          const struct bounds *bounds, GError **error)
{
	if (bounds_check(bounds, "open", error) && begin(device, error) &&
	    find_device(device, address, bounds, error))
		return TRUE;
	usbtmc_device_close(device);
	return FALSE;
}

/* After a reset that made it a new device, which takes the kernel some time to know. */
static gboolean open_again(struct usbtmc_device *device, const struct usbtmc_address *address,
                           const struct bounds *bounds, GError **error)
{
	const struct bounds back = bounds_within(bounds, come_back_s);

	for (;;) {
		GError *cause = NULL;
		if (open_once(device, address, &back, &cause))
			return TRUE;
		gboolean again = g_error_matches(cause, STATION_ERROR, STATION_ERROR_IO) &&
		                 clock_sleep_s(look_again_s, &back, NULL);
		if (!again && !g_cancellable_is_cancelled(bounds->cancellable)) {
			g_propagate_prefixed_error(error, cause, "after a reset: ");
			return FALSE;
		}
		g_error_free(cause);
		if (!again)
			return bounds_check(bounds, "open", error);
	}
}

gboolean usbtmc_device_open(struct usbtmc_device *device, const struct usbtmc_address *address,
                            gboolean reset, const struct bounds *bounds, GError **error)
{
	*device = (struct usbtmc_device){0};
	if (!open_once(device, address, bounds, error))
		return FALSE;
	if (reset && libusb_reset_device(device->handle) != LIBUSB_SUCCESS) {
		/* it came back as a new device */
		usbtmc_device_close(device);
		if (!open_again(device, address, bounds, error))
			return FALSE;
	}
	if (claim(device, error))
		return TRUE;
	usbtmc_device_close(device);
	return FALSE;
}

void usbtmc_device_close(struct usbtmc_device *device)
{
	if (device->handle) {
		libusb_release_interface(device->handle, device->place.interface);
		libusb_close(device->handle);
	}
	if (device->context)
		libusb_exit(device->context);
	device->handle = NULL;
	device->context = NULL;
}

void usbtmc_device_reset(struct usbtmc_device *device)
{
	if (device->handle)
		libusb_reset_device(device->handle);
}

/* ---- listing ---- */

static void found_free(gpointer data)
{
	struct usbtmc_found *found = data;

	g_free(found->serial);
	g_free(found->maker);
	g_free(found->model);
	g_free(found->resource);
	g_free(found->problem);
	g_free(found);
}

/* first: the one that is meant when the resource names none. */
static char *resource_text(const struct usbtmc_found *found, gboolean first)
{
	g_autofree char *serial = g_uri_escape_string(found->serial, " ", TRUE);
	g_autofree char *interface = first ? NULL : g_strdup_printf("%d::", found->interface);

	return g_strdup_printf("USB::0x%04X::0x%04X::%s::%sINSTR", found->vendor, found->product,
	                       serial, interface ? interface : "");
}

/* FALSE: the bounds have ended. */
static gboolean ask_strings(struct usbtmc_device *device,
                            const struct libusb_device_descriptor *about,
                            struct usbtmc_found *found, const struct bounds *bounds, GError **error)
{
	const struct {
		guint8 index;
		char **text;
	} strings[] = {{about->iSerialNumber, &found->serial},
	               {about->iManufacturer, &found->maker},
	               {about->iProduct, &found->model}};

	for (gsize i = 0; i < G_N_ELEMENTS(strings) && !found->problem; i++) {
		g_autoptr(GError) cause = NULL;
		const struct bounds own = bounds_within(bounds, 1);
		*strings[i].text = usbtmc_string(device, strings[i].index, &own, &cause);
		if (!cause)
			continue;
		if (!bounds_check(bounds, "list", error))
			return FALSE;
		found->problem = g_strdup(cause->message);
	}
	return TRUE;
}

/* FALSE: the bounds have ended. */
static gboolean list_device(struct usbtmc_device *device, libusb_device *usb, GPtrArray *list,
                            const struct bounds *bounds, GError **error)
{
	struct libusb_device_descriptor about;
	g_autoptr(GArray) places = places_of(usb);
	gboolean ok = TRUE;

	if (libusb_get_device_descriptor(usb, &about) != LIBUSB_SUCCESS)
		return TRUE;
	for (guint i = 0; i < places->len && ok; i++) {
		struct usbtmc_found *found = g_new0(struct usbtmc_found, 1);
		g_ptr_array_add(list, found);
		device->place = g_array_index(places, struct usbtmc_place, i);
		found->vendor = about.idVendor;
		found->product = about.idProduct;
		found->interface = device->place.interface;
		int result = libusb_open(usb, &device->handle);
		if (result != LIBUSB_SUCCESS) {
			found->problem =
				g_strdup(result == LIBUSB_ERROR_ACCESS ? not_allowed
			                                               : libusb_strerror(result));
			device->handle = NULL;
			continue;
		}
		ok = ask_strings(device, &about, found, bounds, error);
		if (device->handle)
			libusb_close(g_steal_pointer(&device->handle));
		device->unplugged = FALSE;
		if (found->serial && *found->serial)
			found->resource = resource_text(found, i == 0);
	}
	return ok;
}

GPtrArray *usbtmc_list(const struct bounds *bounds, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(found_free);
	struct usbtmc_device device;
	libusb_device **list = NULL;
	gboolean ok = TRUE;

	if (!bounds_check(bounds, "list", error) || !begin(&device, error))
		return NULL;
	gssize count = libusb_get_device_list(device.context, &list);
	if (count < 0)
		ok = failed((int)count, "look for USB devices", error);
	for (gssize i = 0; i < count && ok; i++)
		ok = list_device(&device, list[i], found, bounds, error);
	if (list)
		libusb_free_device_list(list, 1);
	usbtmc_device_close(&device);
	return ok ? g_steal_pointer(&found) : NULL;
}
