using Attune.Data;

namespace Attune.Cli.Verbs;

/// <summary>Tells where rows that are measured are rows that the run was trained on.</summary>
internal static class TrainedRows
{
    /// <summary>Adds the notice.</summary>
    /// <param name="trained">What the run's recipe reads.</param>
    /// <param name="measured">What is measured.</param>
    /// <param name="notices">Takes it.</param>
    /// <param name="cancel">Stops.</param>
    public static void Tell(ExampleSource trained, ExampleSource measured, Notices notices, CancellationToken cancel)
    {
        HashSet<UInt128> known;
        try
        {
            known = [.. Rows(trained).Where(row => row.Split == Split.Train).Select(row => row.Example.ContentHash())];
        }
        catch (AttuneException)
        {
            return; // The training rows are no longer there: nothing can be told.
        }

        foreach (Example example in Rows(measured).Select(row => row.Example))
        {
            cancel.ThrowIfCancellationRequested();
            if (known.Contains(example.ContentHash()))
            {
                notices.Add("measured-rows-trained-on", n => $"{Words.Count(n, "measured row")} {Words.Of(n, "is a row", "are rows")} that the run was trained on: what is measured on "
                    + $"{Words.Of(n, "it", "them")} flatters the model", example.Place.ToString(), "measure on rows that it has not seen");
            }
        }
    }

    // Bad rows are told by who reads them to measure.
    private static IEnumerable<(Split Split, Example Example)> Rows(ExampleSource source) => new ExampleReader(source).Read(new BadRows(int.MaxValue));
}
