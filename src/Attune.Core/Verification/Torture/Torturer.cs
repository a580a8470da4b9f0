using System.Diagnostics;

namespace Attune.Verification;

/// <summary>What came of torturing a reader.</summary>
/// <param name="Read">Inputs that were read.</param>
/// <param name="Refused">Inputs that were refused as they should be.</param>
/// <param name="Faults">Everything else, with the number that makes the input again.</param>
/// <param name="Slowest">The longest time that an input took.</param>
internal sealed record TortureReport(int Read, int Refused, IReadOnlyList<string> Faults, TimeSpan Slowest);

/// <summary>
/// Feeds damaged inputs to a reader. Each must be read rightly or refused by Attune's own exception with a place, and may allocate no
/// more than twice its size and 16 MiB.
/// </summary>
internal static class Torturer
{
    private const int MostFaults = 20;

    /// <summary>Runs inputs number <paramref name="first"/> and on.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="first">The first one's number: it alone decides the input.</param>
    public static TortureReport Run(ITortureTarget target, int count, int first = 0)
    {
        int read = 0, refused = 0;
        var slowest = TimeSpan.Zero;
        var faults = new List<string>();
        for (int number = first; number < first + count && faults.Count < MostFaults; number++)
        {
            byte[] input = target.Make(new Random(number));
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            string? fault = null;
            try
            {
                target.Read(input);
                read++;
            }
            catch (AttuneException exception)
            {
                refused++;
                fault = string.IsNullOrEmpty(exception.Place) ? $"names no place: {exception.Message}" : null;
            }
#pragma warning disable CA1031 // Any other exception is what this is there to find.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                fault = $"{exception.GetType().Name}: {exception.Message} {exception.StackTrace?.Split('\n')[0].Trim()}";
            }

            var took = Stopwatch.GetElapsedTime(started);
            slowest = took > slowest ? took : slowest;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (fault is null && allocated > (2L * input.Length) + (16 << 20))
            {
                fault = $"allocated {allocated} bytes for an input of {input.Length}";
            }

            if (fault is not null)
            {
                faults.Add($"{target.Name} input {number} ({input.Length} bytes): {fault}");
            }
        }

        return new TortureReport(read, refused, faults, slowest);
    }
}
