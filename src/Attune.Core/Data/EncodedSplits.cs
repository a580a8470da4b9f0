using Attune.Text;

namespace Attune.Data;

/// <summary>A recipe's data as the model will see it.</summary>
/// <param name="Train">Rows to train on.</param>
/// <param name="Validation">Rows to choose by.</param>
/// <param name="Test">Rows for the end.</param>
/// <param name="Counts">What became of the files' rows.</param>
/// <param name="Rejected">Bad rows that were allowed and left out; <see cref="BadRows.Write"/> writes them down.</param>
public sealed record EncodedSplits(EncodedData Train, EncodedData Validation, EncodedData Test, DataCounts Counts, BadRows Rejected)
{
    /// <summary>The rows of a split.</summary>
    /// <param name="split">The split.</param>
    public EncodedData this[Split split] => split switch { Split.Train => Train, Split.Validation => Validation, _ => Test };

    /// <summary>
    /// Reads, checks and encodes everything, a row at a time: of the files no more is held than a row, of the result the tokens. The
    /// first N of a split are the first that are usable: rows that are bad, empty or too long do not count.
    /// </summary>
    /// <param name="source">What to read and how.</param>
    /// <param name="encoder">The model's tokenizer and template.</param>
    /// <param name="notices">Takes what a user should know of the rows; null: nobody asks.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    /// <exception cref="BadDataException">More bad rows than allowed, those that the template refuses among them: all are named.</exception>
    /// <exception cref="AttuneException">A file is missing, no row is left, all rows are too long, or no token is trained.</exception>
    public static EncodedSplits Read(ExampleSource source, RowEncoder encoder, Notices? notices = null, CancellationToken cancellation = default)
    {
        var reader = new ExampleReader(source);
        var bad = new BadRows(source.SkipBad, notices);
        var spellings = new SpecialTokenSpellings(encoder.Tokenizer, encoder.Options.ParsesSpecialTokens);
        EncodedDataBuilder[] splits = [new(encoder), new(encoder), new(encoder)];
        foreach (var (split, example) in reader.Read(bad))
        {
            cancellation.ThrowIfCancellationRequested();
            EncodedDataBuilder builder = splits[(int)split];
            if (builder.Examples >= (source.Split.First(split) ?? long.MaxValue))
            {
                reader.Counts.BeyondFirst++;
                continue;
            }

            try
            {
                builder.Add(example, encoder.Encode(example, bad.Notices));
                spellings.Count(example);
            }
            catch (AttuneException error) when (error.ExitCode == ExitCode.BadData)
            {
                bad.Add(example.Place, error is TemplateException ? $"the chat template refuses it: {error.Problem}" : error.Problem + (error.Cure is null ? "" : "; " + error.Cure),
                    Excerpt.Of((example as Conversation)?.Messages[0].ToString() ?? ""));
                reader.Counts.Rows--;           // bad rows are counted by their number, at the end
            }
        }

        spellings.Tell(bad.Notices);
        bad.ThrowIfTooMany();
        EncodedData[] encoded = [.. splits.Select(split => split.Build())];
        Refuse(source, reader.Counts, splits, encoder.Options.MaxTokens);
        return new EncodedSplits(encoded[0], encoded[1], encoded[2], reader.Counts, bad);
    }

    private static void Refuse(ExampleSource source, DataCounts counts, EncodedDataBuilder[] splits, int most)
    {
        foreach (var (split, i) in splits.Select((split, i) => (split, i)).Where(pair => pair.split.Counts.Rows == 0))
        {
            string name = ((Split)i).ToString().ToLowerInvariant();
            string place = string.Join(", ", source.Train);
            long untrained = split.Counts.Untrained, tooLong = split.Counts.TooLong;
            if (tooLong > 0)
            {
                throw new AttuneException(ExitCode.BadData, place, $"all {tooLong} {name} rows are too long: the first reply begins after token {split.ShortestPrompt} at the earliest, "
                    + $"max_tokens is {most}", $"raise max_tokens above {split.ShortestPrompt}");
            }

            if (untrained > 0)
            {
                throw new AttuneException(ExitCode.BadData, place, $"none of the {untrained} {name} rows has a token to train: all replies have the weight 0, or nothing in them is the assistant's");
            }
        }

        ExampleSet.RefuseEmpty(source, counts, [.. splits.Select(split => split.Counts.Rows)]);
    }
}
