namespace Attune.Data;

/// <summary>
/// A file of JSON rows, however they stand in it and whatever it is called: an object a line, one list, objects that go over several lines or
/// stand behind each other on one, or a list inside one object. A row is read at a time.
/// </summary>
internal static class JsonFile
{
    private enum Layout
    {
        Lines,
        Values,
        IndentedValues,
    }

    public static IEnumerable<DataRow> Read(string path, BadRows bad)
    {
        RowFiles.RefuseUtf16(path);
        Layout layout = Look(path, out bool mayBeOne);
        if (mayBeOne && Wrapped(path) is { } list)
        {
            string others = string.Join(", ", list.Others.Take(5).Select(name => $"\"{Excerpt.Of(name)}\""));
            bad.Notices.Add("json-list-inside", $"the rows are the list \"{Excerpt.Of(list.Member.Name)}\" of a file's one object"
                + (others.Length > 0 ? $"; {others} beside it {Words.Of(list.Others.Count, "is", "are")} not used" : ""), path);
            return Values(path, new JsonSplitter(list.Member.Line, oneList: true), list.Member.Offset, bad);
        }

        return layout == Layout.Lines ? Lines(path, bad) : Values(path, new JsonSplitter(isIndented: layout == Layout.IndentedValues), 0, bad);
    }

    // The first two lines tell how the rows stand. A line that is broken must not change how the others are read.
    private static Layout Look(string path, out bool mayBeOne)
    {
        using FileStream file = RowFiles.Open(path);
        byte[]? first = null;
        mayBeOne = false;
        foreach (Line line in LineReader.Read(file).Where(line => line.IsTooLong || !RowFiles.IsBlank(line.Bytes.Span)))
        {
            ReadOnlySpan<byte> bytes = line.Bytes.Span;
            if (first is null)
            {
                first = bytes[bytes.IndexOfAnyExcept(" \t\r\n"u8)..].ToArray();
                if (first[0] == '[')
                {
                    return Layout.Values;
                }

                if (line.IsTooLong || first[0] != '{')
                {
                    mayBeOne = first[0] == '{';
                    return mayBeOne ? Layout.Values : Layout.Lines;
                }

                continue;
            }

            mayBeOne = IsCutBetweenValues(first);
            bool spans = mayBeOne && bytes[0] != '{';
            Layout several = bytes[0] is (byte)' ' or (byte)'\t' ? Layout.IndentedValues : Layout.Values;
            return spans ? several : Layout.Lines;
        }

        mayBeOne = first is not null;
        return Layout.Lines;
    }

    // Whether the text stops inside an object, but not inside a string: a line of an object that goes over several.
    private static bool IsCutBetweenValues(ReadOnlySpan<byte> json)
    {
        int depth = 0;
        bool inString = false;
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] == '"')
            {
                inString = !inString;
            }
            else if (inString)
            {
                i += json[i] == '\\' ? 1 : 0;
            }
            else
            {
                depth += json[i] is (byte)'{' or (byte)'[' ? 1 : 0;
                depth -= json[i] is (byte)'}' or (byte)']' ? 1 : 0;
            }
        }

        return depth > 0 && !inString;
    }

    private static (JsonMember Member, IReadOnlyList<string> Others)? Wrapped(string path)
    {
        if (JsonShape.Of(path) is not { Count: > 0 } members || IsRow(path))
        {
            return null;
        }

        string name = Path.GetFileName(path);
        JsonMember[] lists = [.. members.Where(member => member.IsRows)];
        if (lists.Length == 1)
        {
            return (lists[0], [.. members.Where(member => member != lists[0]).Select(member => member.Name)]);
        }

        if (lists.Length > 1)
        {
            throw new AttuneException(ExitCode.BadData, path,
                $"the file is one object with several lists of rows: {string.Join(", ", lists.Take(10).Select(list => list.Name))}",
                "write each to a file of its own and name these files, for example with: "
                + $"jq -c '.[\"{lists[0].Name}\"][]' {name} > {lists[0].Name}.jsonl");
        }

        if (members.All(member => member.Kind == '[' && member.First is not (0 or (byte)'{' or (byte)'['))
            || members.All(member => member.Kind == '{' && member.First == '"') && IsOfColumns(path))
        {
            throw new AttuneException(ExitCode.BadData, path, "the file is one object that holds whole columns, not rows",
                "write a row a line, for example with pandas: to_json(\"rows.jsonl\", orient=\"records\", lines=True)");
        }

        if (members.Count > 1 && members.All(member => member.Kind == '{'))
        {
            throw new AttuneException(ExitCode.BadData, path,
                $"the file is one object of objects ({string.Join(", ", members.Take(3).Select(member => Excerpt.Of(member.Name)))}, …), not a list of rows",
                $"write a row a line, for example with: jq -c '.[]' {name} > rows.jsonl");
        }

        return null;
    }

    // pandas writes columns as {"text": {"0": …, "1": …}}.
    private static bool IsOfColumns(string path) => SmallRow(path) is { } row
        && row.Fields.EnumerateObject().All(column =>
            column.Value.EnumerateObject().Select((cell, i) =>
            cell.Name == i.ToString(System.Globalization.CultureInfo.InvariantCulture)).All(same => same));

    private static bool IsRow(string path) => SmallRow(path) is { } row && ExampleForms.Detect(row) is { } form
        && (form is not LabelledForm || row.Fields.GetProperty("text").ValueKind == System.Text.Json.JsonValueKind.String);

    private static DataRow? SmallRow(string path)
    {
        using FileStream file = RowFiles.Open(path);
        if (file.Length > RowFormats.MaxRowBytes)
        {
            return null;
        }

        byte[] bytes = new byte[file.Length];
        int read = RowFiles.Read(file, bytes, 0);
        ReadOnlySpan<byte> json = bytes.AsSpan(0, read);
        return JsonRow.Read(json.StartsWith("\uFEFF"u8) ? json[3..] : json, new RowPlace(path, 1), out _);
    }

    private static IEnumerable<DataRow> Lines(string path, BadRows bad)
    {
        using FileStream file = RowFiles.Open(path);
        foreach (Line line in LineReader.Read(file))
        {
            var place = new RowPlace(path, line.Number);
            if (line.IsTooLong)
            {
                bad.Add(place, RowFiles.TooLong(line.Length), Excerpt.Of(line.Bytes.Span));
                continue;
            }

            if (RowFiles.IsBlank(line.Bytes.Span))
            {
                continue;
            }

            if (JsonRow.Read(line.Bytes.Span, place, out string reason) is { } row)
            {
                yield return row;
            }
            else if (Glued(line.Bytes.Span, place) is { } rows)
            {
                foreach (DataRow one in rows)
                {
                    yield return one;
                }
            }
            else
            {
                bad.Add(place, line.IsLast ? $"the file ends inside this row: {reason}" : reason, Excerpt.Of(line.Bytes.Span));
            }
        }
    }

    // Rows whose line end is missing, as where files were joined; null where the line is something else.
    private static List<DataRow>? Glued(ReadOnlySpan<byte> line, RowPlace place)
    {
        if (line.TrimStart(" \t\r"u8) is not [(byte)'{', ..])
        {
            return null;
        }

        var splitter = new JsonSplitter();
        var rows = new List<DataRow>();
        foreach (byte value in line)
        {
            if (splitter.Take(value))
            {
                if (JsonRow.Read(splitter.Element.Span, place, out _) is not { } row)
                {
                    return null;
                }

                rows.Add(row);
            }
        }

        return splitter.IsOpen ? null : rows;
    }

    private static IEnumerable<DataRow> Values(string path, JsonSplitter splitter, long offset, BadRows bad)
    {
        using FileStream file = RowFiles.Open(path);
        byte[] buffer = new byte[64 << 10];
        int first = offset > 0 ? 0 : RowFiles.ByteOrderMark(file);
        file.Position = offset + first;
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            for (int i = 0; i < read; i++)
            {
                if (!splitter.Take(buffer[i]))
                {
                    continue;
                }

                var place = new RowPlace(path, splitter.Line);
                if (splitter.Element.Length > RowFormats.MaxRowBytes)
                {
                    bad.Add(place, RowFiles.TooLong(splitter.Element.Length)
                        + " (a bracket or quote that is not closed?); what follows it was not read", Excerpt.Of(splitter.Element.Span));
                    yield break;
                }

                if (JsonRow.Read(splitter.Element.Span, place, out string reason) is { } row)
                {
                    yield return row;
                }
                else
                {
                    bad.Add(place, reason, Excerpt.Of(splitter.Element.Span));
                }
            }
        }

        if (splitter.IsOpen)
        {
            bad.Add(new RowPlace(path, splitter.Line), "the file ends inside a row or its list (it was cut off)", Excerpt.Of(splitter.Element.Span));
        }
    }
}
