import java.io.FileInputStream;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Whether each PDF named is what it says: PDF/UA-1, readable to everybody, and PDF/A-3a, fit to be kept. */
public class Check {
    private static final PDFAFlavour[] PROMISED = {PDFAFlavour.PDFUA_1, PDFAFlavour.PDFA_3_A};

    public static void main(String[] names) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = names.length > 0;
        for (String name : names) {
            for (PDFAFlavour flavour : PROMISED) {
                good &= holds(name, flavour);
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean holds(String name, PDFAFlavour flavour) throws Exception {
        try (var parser = Foundries.defaultInstance().createParser(new FileInputStream(name), flavour);
             var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult found = validator.validate(parser);
            String word = found.isCompliant() ? "passes" : "fails";
            System.out.printf("%s: %s %s, %d checks%n", name, word, flavour.getId(), found.getTotalAssertions());
            var faults = new TreeMap<String, Integer>();
            for (TestAssertion one : found.getTestAssertions()) {
                if (one.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = one.getRuleId().getClause() + " test " + one.getRuleId().getTestNumber();
                    faults.merge(rule + ": " + one.getMessage(), 1, Integer::sum);
                }
            }
            faults.forEach((words, count) -> System.out.printf("  %d times %s%n", count, words));
            return found.isCompliant();
        }
    }
}
