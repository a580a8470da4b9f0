using System.Globalization;
using System.Text;

namespace Attune.Evaluation.Page;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it is called in the legend.</param>
/// <param name="Points">Its points, in the order of steps.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<CurvePoint> Points);

/// <summary>A chart over the steps of a run, as an SVG picture that tells its content in words too.</summary>
/// <param name="Id">Its name within the page.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">In which unit.</param>
/// <param name="Lines">Its lines, two at most.</param>
internal sealed record LineChart(string Id, string Title, string Unit, IReadOnlyList<ChartLine> Lines)
{
    private const double Width = 380, Height = 240, Left = 54, Right = 12, Top = 10, Bottom = 42;

    // More could not be told apart.
    private const int MostPoints = 130;

    /// <summary>A step to mark: the one whose weights were kept; 0: none.</summary>
    public long Mark { get; init; }

    /// <summary>Whether the scale begins at zero.</summary>
    public bool FromZero { get; init; }

    /// <summary>Whether there is nothing to see.</summary>
    public bool IsEmpty => Lines.All(line => Finite(line).Count == 0);

    /// <summary>Writes the chart.</summary>
    public void Write(HtmlWriter html)
    {
        ChartLine[] lines = [.. Lines.Select(line => line with { Points = CurveData.Thin(Finite(line), MostPoints) }).Where(line => line.Points.Count > 0)];
        var points = lines.SelectMany(line => line.Points).ToList();
        var steps = Ticks.Of(Math.Min(1, points.Min(point => point.Step)), points.Max(point => point.Step), 5, whole: true);
        var values = Ticks.Of(FromZero ? Math.Min(0, points.Min(point => point.Low)) : points.Min(point => point.Low), points.Max(point => point.High), 5);
        var scale = new Scale(steps, values);

        html.Raw($"<figure>\n<figcaption><b>").Text(Title).Raw("</b> <small>").Text(Unit).Raw("</small>");
        for (int i = 0; i < lines.Length && Lines.Count > 1; i++)
        {
            html.Raw($" <span class=\"key k{Index(lines[i])}\">").Text(lines[i].Name).Raw("</span>");
        }

        if (Mark > 0)
        {
            html.Element("span class=\"key kept\"", $"kept: step {Figures.Count(Mark)}");
        }

        html.Raw($"</figcaption>\n<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{Id}-title {Id}-desc\">\n");
        html.Element($"title id=\"{Id}-title\"", $"{Title} by step").Element($"desc id=\"{Id}-desc\"", string.Join(" ", lines.Select(Describe)));
        foreach (double value in values.Places)
        {
            html.Raw($"<line class=\"grid-line\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{N(scale.Y(value))}\" y2=\"{N(scale.Y(value))}\"/>");
            html.Raw($"<text class=\"tick\" x=\"{Left - 6}\" y=\"{N(scale.Y(value) + 4)}\" text-anchor=\"end\">").Text(values.Label(value)).Raw("</text>\n");
        }

        foreach (double step in steps.Places)
        {
            html.Raw($"<text class=\"tick\" x=\"{N(scale.X(step))}\" y=\"{Height - 24}\" text-anchor=\"middle\">").Text(steps.Label(step)).Raw("</text>\n");
        }

        html.Raw($"<text class=\"tick\" x=\"{N((Left + Width - Right) / 2)}\" y=\"{Height - 6}\" text-anchor=\"middle\">step</text>\n");
        if (Mark > 0 && Mark >= steps.Low && Mark <= steps.High)
        {
            html.Raw($"<line class=\"mark\" x1=\"{N(scale.X(Mark))}\" x2=\"{N(scale.X(Mark))}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
        }

        foreach (var line in lines)
        {
            Draw(html, scale, line, Index(line));
        }

        html.Raw("</svg>\n</figure>\n");
    }

    private static void Draw(HtmlWriter html, Scale scale, ChartLine line, int index)
    {
        if (line.Points.Any(point => point.Low < point.High))
        {
            var band = new StringBuilder();
            foreach (var point in line.Points)
            {
                band.Append($"{N(scale.X(point.Step))},{N(scale.Y(point.High))} ");
            }

            foreach (var point in line.Points.Reverse())
            {
                band.Append($"{N(scale.X(point.Step))},{N(scale.Y(point.Low))} ");
            }

            html.Raw($"<polygon class=\"band b{index}\" points=\"{band.ToString().TrimEnd()}\"/>\n");
        }

        html.Raw($"<polyline class=\"line l{index}\" points=\"{string.Join(' ', line.Points.Select(point => $"{N(scale.X(point.Step))},{N(scale.Y(point.Value))}"))}\"/>\n");
        if (line.Points.Count <= 40)
        {
            foreach (var point in line.Points)
            {
                html.Raw($"<circle class=\"dot d{index}\" cx=\"{N(scale.X(point.Step))}\" cy=\"{N(scale.Y(point.Value))}\" r=\"2.5\"/>");
            }

            html.Raw("\n");
        }
    }

    private static string Describe(ChartLine line)
    {
        var lowest = line.Points.MinBy(point => point.Value);
        return $"{char.ToUpperInvariant(line.Name[0])}{line.Name[1..]}: {Figures.Plain(line.Points[0].Value)} at step {line.Points[0].Step}, "
            + $"{Figures.Plain(line.Points[^1].Value)} at step {line.Points[^1].Step}; lowest {Figures.Plain(lowest.Value)} at step {lowest.Step}.";
    }

    private static List<CurvePoint> Finite(ChartLine line) =>
        [.. line.Points.Where(point => double.IsFinite(point.Value) && double.IsFinite(point.Low) && double.IsFinite(point.High))];

    private int Index(ChartLine line) => Lines.TakeWhile(other => other.Name != line.Name).Count();

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private sealed record Scale(Ticks Steps, Ticks Values)
    {
        public double X(double step) => Left + ((step - Steps.Low) / (Steps.High - Steps.Low) * (Width - Left - Right));

        public double Y(double value) => Height - Bottom - ((value - Values.Low) / (Values.High - Values.Low) * (Height - Top - Bottom));
    }
}
