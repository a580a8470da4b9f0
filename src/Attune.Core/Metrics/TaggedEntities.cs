namespace Attune.Metrics;

/// <summary>Finds the entities in sequences of tags.</summary>
internal static class TaggedEntities
{
    private readonly record struct Tag(char Prefix, string Type);

    /// <summary>As conlleval finds them (seqeval's default mode): an entity opens and closes wherever prefix or type says so.</summary>
    public static HashSet<TaggedEntity> Lenient(IReadOnlyList<IReadOnlyList<string>> sequences)
    {
        var entities = new HashSet<TaggedEntity>();
        for (int sequence = 0; sequence < sequences.Count; sequence++)
        {
            Tag previous = new('O', "");
            int start = 0;
            for (int i = 0; i <= sequences[sequence].Count; i++)
            {
                Tag tag = i == sequences[sequence].Count ? new('O', "_") : Read(sequences[sequence][i], "BIES", maySplitType: true);
                bool isOther = previous.Type != tag.Type;
                if (previous.Prefix is 'E' or 'S' || (previous.Prefix is 'B' or 'I' && (tag.Prefix is 'B' or 'S' or 'O' || isOther)))
                {
                    entities.Add(new(previous.Type, sequence, start, i));
                }

                if (tag.Prefix is 'B' or 'S' || (tag.Prefix is 'I' or 'E' && (previous.Prefix is 'E' or 'S' or 'O' || isOther)))
                {
                    start = i;
                }

                previous = tag;
            }
        }

        return entities;
    }

    /// <summary>Only those that are whole under the scheme (seqeval's strict mode).</summary>
    public static HashSet<TaggedEntity> Strict(IReadOnlyList<IReadOnlyList<string>> sequences, TagScheme scheme)
    {
        string prefixes = scheme switch
        {
            TagScheme.IOB1 or TagScheme.IOB2 => "BI",
            TagScheme.IOE1 or TagScheme.IOE2 => "IE",
            TagScheme.IOBES => "BIES",
            _ => "BILU",
        };
        var entities = new HashSet<TaggedEntity>();
        for (int sequence = 0; sequence < sequences.Count; sequence++)
        {
            List<Tag> tags = [.. sequences[sequence].Select(text => Read(text, prefixes, maySplitType: false)), new Tag('O', "_")];
            Tag previous = new('O', "_");
            for (int i = 0; i < tags.Count;)
            {
                int end = i + 1;
                if (Opens(previous, tags[i], scheme))
                {
                    while (end < tags.Count && Continues(tags[end - 1], tags[end], scheme))
                    {
                        end++;
                    }

                    if (end < tags.Count && Closes(tags[end - 1], tags[end], scheme))
                    {
                        entities.Add(new(tags[i].Type, sequence, i, end));
                    }
                }

                previous = tags[end - 1];
                i = end;
            }
        }

        return entities;
    }

    private static bool Opens(Tag before, Tag tag, TagScheme scheme)
    {
        bool isSame = before.Type == tag.Type;
        return scheme switch
        {
            TagScheme.IOB1 => (tag.Prefix == 'I' && (before.Prefix is 'O' or 'B' || !isSame))
                || (tag.Prefix == 'B' && before.Prefix is 'I' or 'B' && isSame),
            TagScheme.IOE1 => (tag.Prefix == 'I' && (before.Prefix is 'O' or 'E' || !isSame))
                || (tag.Prefix == 'E' && before.Prefix == 'E' && isSame),
            TagScheme.IOE2 => tag.Prefix is 'I' or 'E' && (before.Prefix is 'O' or 'E' || !isSame),
            _ => tag.Prefix is 'B' or 'S' or 'U',
        };
    }

    private static bool Continues(Tag before, Tag tag, TagScheme scheme) => before.Type == tag.Type && scheme switch
    {
        TagScheme.IOB1 or TagScheme.IOB2 => before.Prefix is 'B' or 'I' && tag.Prefix == 'I',
        TagScheme.IOE1 or TagScheme.IOE2 => before.Prefix == 'I' && tag.Prefix is 'I' or 'E',
        _ => before.Prefix is 'B' or 'I' && tag.Prefix is 'I' or 'E' or 'L',
    };

    private static bool Closes(Tag before, Tag tag, TagScheme scheme)
    {
        bool isSame = before.Type == tag.Type;
        return scheme switch
        {
            TagScheme.IOB1 => (before.Prefix == 'I' && (tag.Prefix is 'O' or 'B' || !isSame))
                || (before.Prefix == 'B' && (tag.Prefix == 'O' || (tag.Prefix == 'I' && !isSame) || (tag.Prefix == 'B' && isSame))),
            TagScheme.IOB2 => before.Prefix is 'B' or 'I' && (tag.Prefix is 'O' or 'B' || !isSame),
            TagScheme.IOE1 => (before.Prefix == 'I' && (tag.Prefix == 'O' || !isSame))
                || (before.Prefix == 'E' && tag.Prefix is 'I' or 'E' && isSame),
            TagScheme.IOE2 => before.Prefix == 'E',
            _ => before.Prefix is 'E' or 'S' or 'L' or 'U',
        };
    }

    private static Tag Read(string text, string prefixes, bool maySplitType)
    {
        if (text == "O")
        {
            return new('O', "_");
        }

        if (text.Length == 0 || !prefixes.Contains(text[0], StringComparison.Ordinal) || (text.Length > 1 && text[1] != '-'))
        {
            string known = string.Join(", ", prefixes.ToCharArray());
            throw new ArgumentException($"\"{text}\" is no tag here: it must be O, or one of {known} with a hyphen and a type.");
        }

        string type = maySplitType ? text[Math.Min(2, text.Length)..] : text[1..].Trim('-');
        return new(text[0], type.Length == 0 ? "_" : type);
    }
}
