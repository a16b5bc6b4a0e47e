# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# prove's own harness, with one line more at the end: N passed, N failed.
package Tally;
use strict;
use warnings;
use parent 'TAP::Harness';

sub summary {
	my ($self, $aggregate, @rest) = @_;
	$self->SUPER::summary($aggregate, @rest);
	my $failed = 0;
	my $skipped = 0;
	for my $parser ($aggregate->parsers) {
		# a program that broke without a failed case is a failure as well
		my $cases = scalar $parser->failed;
		$failed += $cases || ($parser->has_problems ? 1 : 0);
		$skipped += scalar $parser->skipped;
	}
	$failed ||= 1 unless $aggregate->all_passed;
	my $passed = scalar($aggregate->passed) - $skipped;
	print "$skipped skipped\n" if $skipped;
	print "$passed passed, $failed failed\n";
	# for programs, where whoever called has a name for it
	printf "%s_tests=%d passed=%d skipped=%d seconds=%.1f\n", $ENV{TALLY_NAME},
	    $passed + $failed + $skipped, $passed, $skipped, $aggregate->elapsed->[0]
	    if $ENV{TALLY_NAME};
}

1;
