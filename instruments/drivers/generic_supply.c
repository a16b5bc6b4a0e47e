/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* Supplies of any dialect of SCPI that a file describes. */
#include "instruments/drivers/drivers.h"

#include "instruments/command.h"
#include "instruments/generic/operation.h"
#include "instruments/supply.h"

enum slot {
	SELECT,
	VOLTAGE,
	CURRENT,
	OUTPUT,
	MASTER,
	MEASURE_VOLTAGE,
	MEASURE_CURRENT,
	OVER_VOLTAGE,
	OVER_CURRENT,
};

static const struct generic_slot slots[] = {
	[SELECT] = {"select", GENERIC_ACTION, NULL, FALSE, FALSE},
	[VOLTAGE] = {"voltage", GENERIC_NUMBER, "V", TRUE, FALSE},
	[CURRENT] = {"current", GENERIC_NUMBER, "A", TRUE, FALSE},
	[OUTPUT] = {"output", GENERIC_SWITCH, NULL, TRUE, FALSE},
	/* One for all: outputs give nothing while it is off. */
	[MASTER] = {"master", GENERIC_SWITCH, NULL, FALSE, TRUE},
	[MEASURE_VOLTAGE] = {"measure_voltage", GENERIC_READING, "V", TRUE, FALSE},
	[MEASURE_CURRENT] = {"measure_current", GENERIC_READING, "A", TRUE, FALSE},
	[OVER_VOLTAGE] = {"over_voltage", GENERIC_FLAG, NULL, FALSE, FALSE},
	[OVER_CURRENT] = {"over_current", GENERIC_FLAG, NULL, FALSE, FALSE},
};

static gboolean load_channel(struct generic_dialect *dialect, const struct yaml_node *item,
                             struct supply_channel_facts *facts, GError **error)
{
	const char *name = NULL;
	if (!yaml_as_string(item, &name, error))
		return FALSE;
	const struct yaml_node *range = generic_range(dialect, item, name, error);
	facts->volt_resolution = dialect->operations[VOLTAGE].tolerance;
	facts->ampere_resolution = dialect->operations[CURRENT].tolerance;
	return range &&
	       generic_limits(range, "voltage", "V", &facts->volt_min, &facts->volt_max, error) &&
	       generic_limits(range, "current", "A", &facts->ampere_min, &facts->ampere_max, error);
}

/* "channels: [NAME, NAME]", the range of each. */
static gboolean load_model(struct generic_dialect *dialect, const struct yaml_node *row,
                           struct instrument_model *model, GError **error)
{
	const struct yaml_node *list = NULL;
	if (!yaml_list(row, "channels", &list, error))
		return FALSE;
	guint n = yaml_size(list);
	if (n < 1 || n > GENERIC_CHANNELS_MAX) {
		yaml_error(list, error, "channels: expected 1 to %d", GENERIC_CHANNELS_MAX);
		return FALSE;
	}
	struct supply_channel_facts *channels = generic_keep(dialect, n * sizeof *channels);
	struct supply_facts *facts = generic_keep(dialect, sizeof *facts);
	for (guint i = 0; i < n; i++) {
		if (!load_channel(dialect, yaml_item(list, i), &channels[i], error))
			return FALSE;
	}
	*facts = (struct supply_facts){.channels = channels, .settle_s = dialect->settle_s};
	model->n_channels = n;
	model->supply = facts;
	return TRUE;
}

static const struct generic_class class = {INSTRUMENT_SUPPLY, slots, G_N_ELEMENTS(slots),
                                           load_model};

static gboolean prepare(struct instrument *supply, GError **error)
{
	return generic_prepare(supply, &class, error);
}

static gboolean switch_off(struct instrument *supply, guint channel, const struct bounds *bounds,
                           GError **error)
{
	return generic_switch(supply, OUTPUT, channel, FALSE, bounds, error);
}

static gboolean all_off(struct instrument *supply, const struct bounds *bounds, GError **error)
{
	GError *first = NULL, *next = NULL;
	if (generic_has(supply, MASTER))
		generic_switch(supply, MASTER, 1, FALSE, bounds, &first);
	command_each_channel(supply, switch_off, bounds, &next);
	command_keep_first(&first, next);
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

/* Behind a master switch a channel that somebody left on would come on with the first of ours. */
static gboolean start(struct instrument *supply, const struct bounds *bounds, GError **error)
{
	return generic_start(supply, bounds, error) &&
	       (!generic_has(supply, MASTER) || all_off(supply, bounds, error));
}

static gboolean set(struct instrument *supply, guint channel, double volt, double current_limit_a,
                    const struct bounds *bounds, GError **error)
{
	/* The limit first: the new voltage must not meet the old limit. */
	return generic_set(supply, CURRENT, channel, current_limit_a, NULL, bounds, error) &&
	       generic_set(supply, VOLTAGE, channel, volt, NULL, bounds, error);
}

static gboolean set_output(struct instrument *supply, guint channel, gboolean on,
                           const struct bounds *bounds, GError **error)
{
	if (!generic_switch(supply, OUTPUT, channel, on, bounds, error))
		return FALSE;
	if (on && generic_has(supply, MASTER) &&
	    !generic_switch(supply, MASTER, channel, TRUE, bounds, error))
		return FALSE;
	return generic_wait(supply, bounds, error);
}

static gboolean read_number(struct instrument *supply, enum slot slot, guint channel, double *value,
                            const struct bounds *bounds, GError **error)
{
	struct scpi_value read = {SCPI_VALUE_NONE, 0};
	return generic_read(supply, slot, channel, 0, &read, bounds, error) &&
	       generic_require(&read, slots[slot].name, value, error);
}

static gboolean is_on(struct instrument *supply, guint channel, gboolean *on,
                      const struct bounds *bounds, GError **error)
{
	gboolean own = FALSE, master = TRUE;
	if (!generic_ask(supply, OUTPUT, channel, &own, bounds, error) ||
	    (generic_has(supply, MASTER) &&
	     !generic_ask(supply, MASTER, channel, &master, bounds, error)))
		return FALSE;
	*on = own && master;
	return generic_check(supply, bounds, error);
}

static gboolean measure(struct instrument *supply, guint channel, double *volt, double *ampere,
                        const struct bounds *bounds, GError **error)
{
	double volt_now = 0;
	double ampere_now = 0;
	if (!read_number(supply, MEASURE_VOLTAGE, channel, &volt_now, bounds, error) ||
	    !read_number(supply, MEASURE_CURRENT, channel, &ampere_now, bounds, error) ||
	    !generic_check(supply, bounds, error))
		return FALSE;
	*volt = volt_now;
	*ampere = ampere_now;
	return TRUE;
}

/* A dialect without one of the two questions has that protection never trip. */
static gboolean protection_tripped(struct instrument *supply, guint channel, gboolean *tripped,
                                   const struct bounds *bounds, GError **error)
{
	gboolean over_volt = FALSE;
	gboolean over_current = FALSE;
	gboolean has_current = generic_has(supply, OVER_CURRENT);
	if ((generic_has(supply, OVER_VOLTAGE) || !has_current) &&
	    !generic_ask(supply, OVER_VOLTAGE, channel, &over_volt, bounds, error))
		return FALSE;
	if (has_current &&
	    !generic_ask(supply, OVER_CURRENT, channel, &over_current, bounds, error))
		return FALSE;
	*tripped = over_volt || over_current;
	return TRUE;
}

static const struct supply_ops ops = {
	.set = set,
	.set_output = set_output,
	.is_on = is_on,
	.measure = measure,
	.protection_tripped = protection_tripped,
};

const struct instrument_driver generic_supply_driver = {
	.name = "generic-supply",
	.class = INSTRUMENT_SUPPLY,
	.connect_s = 10,
	.parameters = generic_parameters,
	.supply = &ops,
	.prepare = prepare,
	.own_dialect = generic_own_dialect,
	.own_roster = generic_own_roster,
	.start = start,
	.safe_state = all_off,
	.free_state = generic_free_state,
};
