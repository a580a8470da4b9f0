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
    /// Reads, checks and encodes everything, a row at a time: of the files no more is held than a row, of the result the tokens. A sample of N
    /// rows of a split is of those that are usable: rows that are bad, empty or too long do not count.
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
        var near = new NearCopies();
        var spellings = new SpecialTokenSpellings(encoder.Tokenizer, encoder.Options.ParsesSpecialTokens);
        EncodedDataBuilder[] splits = [new(encoder), new(encoder), new(encoder)];
        var samples = splits.Select((_, i) => source.Split.Most((Split)i) is { } most ? new RowSample<Drawn>(most, source.Split.Seed) : null).ToArray();
        foreach (var (split, example) in reader.Read(bad))
        {
            cancellation.ThrowIfCancellationRequested();
            EncodedDataBuilder builder = splits[(int)split];
            if (samples[(int)split] is not { } sample)
            {
                if (Encode(example, bad.Notices) is { } rows)
                {
                    builder.Add(example, rows);
                    near.Add(split, example);
                    spellings.Count(example);
                }

                continue;
            }

            sample.Offer((example as LabelledText)?.Label, example.ContentHash(), () =>
            {
                var own = new Notices();
                var rows = Encode(example, own);
                bool usable = rows is not null && builder.Keeps(example, rows);
                if (rows is not null && !usable)
                {
                    bad.Notices.Add(own);
                    builder.Add(example, rows); // Counts why it is left out.
                }

                return (usable, new Drawn(example, rows ?? [], own));
            });
        }

        foreach (var split in Enum.GetValues<Split>().Where(split => samples[(int)split] is not null))
        {
            var (sample, builder) = (samples[(int)split]!, splits[(int)split]);
            reader.Counts.BeyondMost += sample.LeftOut;
            foreach (Drawn drawn in sample.Take())
            {
                bad.Notices.Add(drawn.Notices);
                builder.Add(drawn.Example, drawn.Rows);
                near.Add(split, drawn.Example);
                spellings.Count(drawn.Example);
            }
        }

        spellings.Tell(bad.Notices);
        bad.ThrowIfTooMany();
        near.Tell(bad.Notices);
        EncodedData[] encoded = [.. splits.Select(split => split.Build())];
        Refuse(source, reader.Counts, splits, encoder.Options.MaxTokens);
        LabelNotices.AddAlike(bad.Notices, encoded);
        return new EncodedSplits(encoded[0], encoded[1], encoded[2], reader.Counts, bad);

        IReadOnlyList<TokenRow>? Encode(Example example, Notices told)
        {
            try
            {
                return encoder.Encode(example, told);
            }
            catch (AttuneException error) when (error.ExitCode == ExitCode.BadData)
            {
                bad.Add(example.Place, error is TemplateException ? $"the chat template refuses it: {error.Problem}" : error.Problem + (error.Cure is null ? "" : "; " + error.Cure),
                    Excerpt.Of((example as Conversation)?.Messages[0].ToString() ?? ""));
                reader.Counts.Rows--;           // bad rows are counted by their number, at the end
                return null;
            }
        }
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
                throw new AttuneException(ExitCode.BadData, place, $"{(tooLong == 1 ? $"the only {name} row is" : $"all {tooLong} {name} rows are")} too long: the first reply begins after token {split.ShortestPrompt} at the earliest, "
                    + $"max_tokens is {most}", $"raise max_tokens above {split.ShortestPrompt}");
            }

            if (untrained > 0)
            {
                throw new AttuneException(ExitCode.BadData, place, $"none of the {untrained} {name} rows has a token to train: all replies have the weight 0, or nothing in them is the assistant's");
            }
        }

        ExampleSet.RefuseEmpty(source, counts, [.. splits.Select(split => split.Counts.Rows)]);
    }

    private sealed record Drawn(Example Example, IReadOnlyList<TokenRow> Rows, Notices Notices);
}
