/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_dp832.h"
#include "bench/sim_n7734a.h"
#include "bench/sim_oz.h"
#include "bench/world.h"

#include <string.h>

/* Second models as seen from the wire: exact bytes, without a server. */

struct device {
	struct world *world;
	const struct sim_kind *kind;
	void *device;
	void *session;
};

static void start(struct device *device, const struct sim_kind *kind)
{
	device->world = world_new(1, 7, 1e6);
	device->kind = kind;
	device->device = kind->create(device->world, 0, NULL);
	device->session = kind->ops->session_new(device->device);
}

static void end(struct device *device)
{
	device->kind->ops->session_free(device->session);
	world_stop(device->world);
	device->kind->destroy(device->device);
	world_free(device->world);
}

static void expect(struct device *device, const char *bytes, const char *answer)
{
	const struct server_ops *ops = device->kind->ops;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	gsize len = strlen(bytes);
	while (len > 0) {
		gsize whole = ops->frame(device->session, bytes, len);
		g_assert_cmpuint(whole, >, 0);
		g_assert_true(ops->message(device->session, bytes, whole, reply));
		bytes += whole;
		len -= whole;
	}
	g_byte_array_append(reply, (const guint8 *)"", 1);
	g_assert_cmpstr((const char *)reply->data, ==, answer);
}

static struct world_site_state state_of(const struct device *device)
{
	struct world_site_state state;
	world_site_state(device->world, 0, &state);
	return state;
}

static void test_dp832(void)
{
	struct device psu;
	start(&psu, &sim_dp832);
	expect(&psu, "*IDN?\n", "RIGOL TECHNOLOGIES,DP832,DP8A240000101,00.01.16\n");
	expect(&psu, ":INST:NSEL 1;:SOUR:VOLT 3.3;:SOUR:CURR 1\n", "");
	expect(&psu, ":SOUR:VOLT?;:CURR?;:OUTP?;:INST?\n", "3.300;1.000;OFF;CH1\n");
	expect(&psu, ":OUTP CH1,ON;:OUTP? CH1;:OUTP? CH2;:OUTP:MODE?\n", "ON;OFF;CV\n");
	g_assert_true(state_of(&psu).supply_on);
	expect(&psu, ":SOUR2:VOLT 5;:SOUR2:VOLT?;:VOLT?\n", "5.000;3.300\n");
	expect(&psu, ":VOLT 31;:SYST:ERR?\n", "-222,\"Data out of range\"\n");
	expect(&psu, ":INST:NSEL 3;:VOLT 5.1;:SYST:ERR?\n", "-222,\"Data out of range\"\n");
	/* over-voltage switches off, and keeps it so until it is cleared */
	expect(&psu, ":OUTP:OVP:QUES? CH1;:OUTP:OVP:VAL CH1,3;:OUTP:OVP CH1,ON\n", "NO\n");
	expect(&psu, ":OUTP? CH1;:OUTP:OVP:QUES? CH1\n", "OFF;YES\n");
	g_assert_false(state_of(&psu).supply_on);
	expect(&psu, ":OUTP CH1,ON;:OUTP? CH1;:SYST:ERR?\n", "OFF;-221,\"Settings conflict\"\n");
	expect(&psu, ":OUTP:OVP:VAL CH1,4;:OUTP:OVP:CLEAR CH1;:OUTP CH1,ON;:OUTP? CH1\n", "ON\n");
	/* what foreign clients send around it */
	expect(&psu, "SYST:REMOTE;:SYST:BEEP:STAT?;:SYST:OTP?;:SYST:LOCAL;:SYST:ERR?\n",
	       "ON;ON;0,\"No error\"\n");
	expect(&psu, "*RST;:OUTP? CH1;:INST:NSEL?\n", "OFF;1\n");
	end(&psu);
}

static void test_n7734a(void)
{
	struct device osw;
	start(&osw, &sim_n7734a);
	expect(&osw, ":ROUT1:CONF?\n", "A;1,2,3,4,5,6,7,8,9,10,11,12,13\n");
	expect(&osw, ":ROUT1:CHAN1?\n", "A,1\n");
	expect(&osw, ":ROUT1:CHAN1 A,13;:ROUT1:CHAN1?\n", "A,13\n");
	expect(&osw, ":ROUT1:CHAN1 A,14;:SYST:ERR?\n",
	       "-220,\"Parameter error (StatParamError)\"\n");
	expect(&osw, ":ROUT1:CHAN1 B,1;:SYST:ERR?\n",
	       "-220,\"Parameter error (StatParamError)\"\n");
	expect(&osw, ":ROUT2:CHAN1 A,1\n:SYST:ERR?\n", "-114,\"Header suffix out of range\"\n");
	end(&osw);
}

static void test_dd100(void)
{
	struct device voa;
	start(&voa, &sim_oz);
	expect(&voa, "CD\r",
	       "CD\r\nDEVICE:DD-100\r\nI2C ADDR:20\r\nIL:0.85\r\nMAX ATTEN:45.85\r\n"
	       "Done\r\n\r\n");
	/* somebody left it so */
	g_assert_true(state_of(&voa).attenuator_open[0]);
	g_assert_cmpfloat(state_of(&voa).attenuator_db[0], ==, 12);
	expect(&voa, "A10\r\n", "A10\r\nError-3: no home\r\n\r\n");
	expect(&voa, "H\r", "H\r\nDone\r\n\r\n");
	expect(&voa, "d\r\n", "D\r\nDPos:0\r\nATTEN:0.85\r\nDone\r\n\r\n");
	expect(&voa, "A10.85\r", "A10.85\r\nPos:2000\r\nDone\r\n\r\n");
	g_assert_cmpfloat(state_of(&voa).attenuator_db[0], ==, 10);
	expect(&voa, "A50\r", "A50\r\nError-2: out of range\r\n\r\n");
	expect(&voa, "A0\r", "A0\r\nError-2: out of range\r\n\r\n");
	expect(&voa, "B500\rF100\r",
	       "B500\r\nPos:1500\r\nDone\r\n\r\nF100\r\nPos:1600\r\nDone\r\n\r\n");
	expect(&voa, "*IDN?\r", "*IDN?\r\nError-1: unknown command\r\n\r\n");
	expect(&voa, "RST\rD\r", "RST\r\nDone\r\n\r\nD\r\nError-3: no home\r\n\r\n");
	g_assert_cmpfloat(state_of(&voa).attenuator_db[0], ==, 8);
	end(&voa);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/others/dp832", test_dp832);
	g_test_add_func("/bench/others/n7734a", test_n7734a);
	g_test_add_func("/bench/others/dd100", test_dd100);
	return g_test_run();
}
